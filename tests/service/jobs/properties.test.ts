import { randomUUID } from "node:crypto";
import fc from "fast-check";
import { beforeAll, expect, it } from "vitest";
import { toTimestamp } from "../../../src/model/time.ts";
import type { Item } from "../../../src/store/items.ts";
import type { Store } from "../../../src/store/store.ts";
import { forgetCalls } from "../../store/raw-items.ts";
import { anyCatalog, anyHistory, NOW, ofRun } from "../../support/builders/arbitraries.ts";
import { catalogOf, faultsOf } from "../../support/builders/catalogs.ts";
import { ingestUnder } from "../../support/builders/ingest.ts";
import { withoutPauses } from "../../support/fakes/without-pauses.ts";
import {
  type CatalogContent,
  contentOf,
  expectedOf,
  type SentEvent,
  statementOf,
} from "../../support/oracles/oracle.ts";
import { backfillToEnd, putRows, type Row, type RunSetup, scannerOf } from "../../support/processes/backfill.ts";
import { describePropertyStores, type StoreUnderTest } from "../../support/processes/stores.ts";
import { holds } from "../../support/vitest/property.ts";

withoutPauses();

let opened: StoreUnderTest;

const FIVE_MINUTES = 5 * 60_000;

/** Not every catalog that is drawn loads: nobody could complete what asks for nothing. */
const anyLoadable = (size: Parameters<typeof anyCatalog>[0] = {}) =>
  anyCatalog(size).filter((content) => faultsOf(contentOf(content)).length === 0);

const ingestInto = (store: Store, content: CatalogContent) => ingestUnder(store, catalogOf(contentOf(content)));

const stated = (event: SentEvent) => statementOf(event, toTimestamp(NOW));
const time = fc.nat({ max: 11 }).map((minute) => toTimestamp(Date.parse("2026-01-18T10:00:00Z") + minute * 60_000));

/** A well-formed flag that somebody left on a course or pathway, right or wrong; without a time it is a cleared one. */
type Left = {
  entity: string;
  completedAt: string | undefined;
  claimedAt: string | undefined;
  older: boolean;
};

const someLeft = ({ claims = true, older = true } = {}): fc.Arbitrary<Left[]> =>
  fc.uniqueArray(
    fc.record({
      entity: fc.constantFrom(
        "course/a",
        "course/b",
        "course/c",
        "course/gone",
        "pathway/a",
        "pathway/b",
        "pathway/gone",
      ),
      completedAt: fc.option(time, { nil: undefined, freq: 5 }),
      claimedAt: claims ? fc.option(time, { nil: undefined, freq: 2 }) : fc.constant(undefined),
      older: older ? fc.boolean() : fc.constant(false),
    }),
    { selector: ({ entity }) => entity, maxLength: 5 },
  );

const keyOf = (entity: string) => entity.replace(/^(\w+)\//, (_, type: string) => `${type.toUpperCase()}#`);

const flagRow = (learner: string, { entity, completedAt, claimedAt, older }: Left, version: string): Row => {
  const flag: Item =
    completedAt === undefined
      ? { completed: false }
      : {
          completed: true,
          completed_at: completedAt,
          completion_source: claimedAt === completedAt ? "explicit" : "inferred",
          ...(claimedAt !== undefined && { claimed_at: claimedAt }),
          recorded_at: "2026-01-18T11:59:00.000Z",
          catalog_version: older ? "older" : version,
          event_id: "left",
        };
  return [learner, keyOf(entity), flag];
};

/** A backfill of these learners alone, so that runs of a property share a store. */
const backfillOf = (learners: Iterable<string>, content: CatalogContent, setup: RunSetup = {}) =>
  backfillToEnd(opened, catalogOf(contentOf(content)), {
    scanner: scannerOf(opened, learners),
    segments: 1,
    startTime: toTimestamp(NOW),
    // Flags of what no catalog knows are judged as all others here.
    revokeUnknown: true,
    ...setup,
  });

/** Since when each course and pathway is complete. */
async function completeIn(learner: string): Promise<Record<string, string>> {
  const { progress, faults } = await opened.store.read(learner);
  expect(faults).toEqual([]);
  return Object.fromEntries(
    (["course", "pathway"] as const).flatMap((type) =>
      [...progress[type]].flatMap(([slug, { flag }]) => (flag ? [[`${type}/${slug}`, flag.completedAt]] : [])),
    ),
  );
}

/** What a backfill must leave, told as plainly as possible. */
function expectedAfter(content: CatalogContent, events: readonly SentEvent[], left: readonly Left[], revoke: boolean) {
  const complete: Record<string, string> = {};
  const facts = events.flatMap((event) => stated(event).facts);
  for (const { entity, at } of facts.filter((fact) => fact.time === "completedAt"))
    if (complete[entity] === undefined || at < complete[entity]) complete[entity] = at;

  type Entries = CatalogContent["courses"][number]["modules"];
  const judge = (
    entity: string,
    entries: { entity: string; optional: boolean }[],
    rule: { rule: string; count?: number } = { rule: "all" },
  ) => {
    const counted = rule.rule === "all" ? entries.filter(({ optional }) => !optional) : entries;
    const needed = rule.count ?? counted.length;
    const times = counted.flatMap((entry) => complete[entry.entity] ?? []).sort();
    const inferred = needed > 0 && times.length >= needed ? times[needed - 1] : undefined;
    const stored = left.find((flag) => flag.entity === entity && flag.completedAt !== undefined);
    if (inferred === undefined) {
      if (stored?.completedAt && !revoke) complete[entity] = stored.completedAt;
    } else if (stored?.completedAt && stored.older) {
      complete[entity] = stored.completedAt;
    } else {
      const claim = stored?.claimedAt;
      const isNear = claim !== undefined && Math.abs(Date.parse(claim) - Date.parse(inferred)) <= FIVE_MINUTES;
      complete[entity] = isNear ? claim : inferred;
    }
  };
  const listed = (type: string, entries: Entries = []) =>
    entries.map((entry) =>
      typeof entry === "string"
        ? { entity: `${type}/${entry}`, optional: false }
        : { entity: `${type}/${entry.slug}`, optional: entry.optional === true },
    );
  for (const { slug, modules, completion } of content.courses)
    judge(`course/${slug}`, listed("module", modules), completion);
  for (const { slug, courses, modules, completion } of content.pathways)
    judge(`pathway/${slug}`, [...listed("course", courses), ...listed("module", modules)], completion);
  for (const { entity } of left) if (!(entity in complete)) judge(entity, []);
  return Object.fromEntries(Object.entries(complete).filter(([entity]) => !entity.startsWith("module/")));
}

/** Events of learners whom no other run of a property has. */
function ofNewRun(events: readonly SentEvent[]) {
  forgetCalls(opened);
  const run = randomUUID().slice(0, 8);
  return events.map((event) => ofRun(run, event));
}

const refOf = (entity: string) => {
  const [type, slug] = entity.split("/") as ["course" | "pathway", string];
  return { type, slug };
};

describePropertyStores("A backfill", ({ newStore, runs }) => {
  const open = newStore();
  beforeAll(() => {
    opened = open();
  });

  it("leaves what the facts say of any flags, whatever the catalog, and then nothing to do", async () => {
    await holds(
      fc.asyncProperty(
        fc.record({
          content: anyLoadable(),
          history: anyHistory({ learners: 1, minLength: 1 }),
          left: someLeft(),
          revoke: fc.boolean(),
        }),
        async ({ content, history, left, revoke }) => {
          const events = ofNewRun(history);
          const learner = stated(events[0] as SentEvent).learner;
          const { version } = catalogOf(contentOf(content));
          // Facts alone: no catalog has settled them yet.
          await ingestInto(opened.store, { courses: [{ slug: "none", modules: [] }], pathways: [] })(events);
          for (const flag of left) {
            const item = await opened.store.readItem(learner, refOf(flag.entity));
            const [, key, attributes] = flagRow(learner, flag, version);
            await putRows(opened, [[learner, key, { ...item, ...attributes }]]);
          }
          const would = await backfillOf([learner], content, { revoke, dryRun: true });
          const did = await backfillOf([learner], content, { revoke });
          const expected = expectedAfter(content, events, left, revoke);
          expect(await completeIn(learner)).toEqual(expected);
          expect(would.changes).toEqual(did.changes);

          const settled = opened.raw.version();
          const again = await backfillOf([learner], content, { revoke });
          expect(again.changes).toEqual([]);
          expect(opened.raw.version()).toBe(settled);
        },
      ),
      runs.history,
    );
  });

  it("gives what sending the events again would give, and what the oracle says", async () => {
    await holds(
      fc.asyncProperty(
        fc.record({
          content: anyLoadable(),
          history: anyHistory({ maxLength: 12 }),
          left: someLeft({ claims: false, older: false }),
        }),
        async ({ content, history, left }) => {
          const [events, replayed] = [ofNewRun(history), ofNewRun(history)];
          const catalog = catalogOf(contentOf(content));
          const ingest = ingestInto(opened.store, content);
          const byLearner = Map.groupBy(events, (event) => stated(event).learner);
          for (const event of events) await ingest([event]);
          for (const learner of byLearner.keys())
            for (const flag of left) {
              const item = await opened.store.readItem(learner, refOf(flag.entity));
              const { enrolled_at, enrollment_source, started_at } = item ?? {};
              const [, key, attributes] = flagRow(learner, flag, catalog.version);
              await putRows(opened, [[learner, key, { enrolled_at, enrollment_source, started_at, ...attributes }]]);
            }
          await backfillOf([...byLearner.keys()], content);
          for (const event of replayed) await ingest([event]);
          for (const [index, [learner, own]] of [...byLearner].entries()) {
            const { states } = expectedOf(
              content,
              own.flatMap((event) => stated(event).facts),
              [],
            );
            const expected = Object.entries(states).flatMap(([entity, { flag }]) =>
              flag ? [[entity, flag.completedAt]] : [],
            );
            expect(await completeIn(learner)).toEqual(Object.fromEntries(expected));
            const other = [...new Set(replayed.map((event) => stated(event).learner))][index] as string;
            expect(await completeIn(other)).toEqual(await completeIn(learner));
          }
        },
      ),
      runs.history,
    );
  });

  it("leaves no flag wrong while events arrive, in every order of their calls of the store", async () => {
    await holds(
      fc.asyncProperty(
        fc.record({
          content: anyLoadable({ modules: 3, courses: 2, pathways: 2 }),
          history: anyHistory({ learners: 1, onlyCompleting: true, minLength: 2, maxLength: 7 }),
          together: fc.integer({ min: 1, max: 3 }),
          left: someLeft({ claims: false }),
          scheduler: fc.scheduler(),
        }),
        async ({ content, history, together, left, scheduler }) => {
          const events = ofNewRun(history);
          const learner = stated(events[0] as SentEvent).learner;
          const { version } = catalogOf(contentOf(content));
          for (const event of events.slice(0, -together)) await ingestInto(opened.store, content)([event]);
          await putRows(
            opened,
            left.map((flag) => flagRow(learner, flag, version)),
          );

          const scheduled = Object.fromEntries(
            (Object.entries(opened.store) as [string, (...given: never[]) => Promise<unknown>][]).map(
              ([name, method]) => [
                name,
                scheduler.scheduleFunction(method as (...given: unknown[]) => Promise<unknown>),
              ],
            ),
          ) as unknown as Store;
          const ingest = ingestInto(scheduled, content);
          await scheduler.waitFor(
            Promise.all([
              backfillOf([learner], content, { store: scheduled }),
              ...events.slice(-together).map((event) => ingest([event])),
            ]),
          );
          const { flags, older } = { flags: await completeIn(learner), older: left.filter((flag) => flag.older) };
          const expected = expectedAfter(content, events, [], true);
          // A flag of an older catalog may keep its time, and so may what rests on it.
          if (older.length === 0) expect(flags).toEqual(expected);
          else expect(Object.keys(flags).sort()).toEqual(Object.keys(expected).sort());
        },
      ),
      runs.interleaving,
    );
  });
});
