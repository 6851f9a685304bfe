import { randomUUID } from "node:crypto";
import fc from "fast-check";
import { expect, it } from "vitest";
import type { Catalog } from "../../src/catalog/catalog.ts";
import type { FlaggedOutcome } from "../../src/completion/event-outcome.ts";
import type { EntityState } from "../../src/model/progress.ts";
import type { EventResult } from "../../src/service/ingest/event-result.ts";
import { settleForBackfill } from "../../src/service/jobs/settle-for-run.ts";
import { readSummary, type SummaryView } from "../../src/service/read/read-summary.ts";
import { catalogOf, faultsOf } from "../support/builders/catalogs.ts";
import {
  anyChange,
  anyContent,
  anyEvents,
  type Change,
  changed,
  wireOf,
} from "../support/builders/changing-content.ts";
import { ingestUnder } from "../support/builders/ingest.ts";
import { at } from "../support/builders/times.ts";
import {
  type Before,
  type ChangingContent,
  enrolmentsIn,
  filesOfContent,
  type HolderContent,
  isKnownIn,
  meantBy,
  renamed,
  restsOn,
  type Standing,
  standingUnder,
} from "../support/oracles/content-oracle.ts";
import { type Sent, tell } from "../support/oracles/deeds-oracle.ts";
import { sqliteStore } from "../support/processes/sqlite-store.ts";
import { holds } from "../support/vitest/property.ts";
import { RUNS } from "../support/vitest/runs.ts";

const open = sqliteStore();
/** Events come between the turns of content, and after some of them; then content changes, and more events come. */
const [NOON, CHANGED, LATE] = [at("12:00"), at("13:15"), at("14:00")];
const early = anyEvents([at("10:01"), at("10:03"), at("10:05"), NOON], 10);
const late = anyEvents([at("13:20"), at("13:40"), LATE], 5);

const newLearner = () => `learner-${randomUUID()}`;

/** One learner in the store. */
function lifeOf(learner: string) {
  const { store } = open();
  return {
    async send(catalog: Catalog, sent: Sent): Promise<EventResult> {
      const ingest = ingestUnder(store, catalog, Date.parse(sent.receivedAt));
      const [result] = await ingest([wireOf(sent, learner)], sent.own ? { learnerId: learner } : undefined);
      return result ?? expect.fail("no result");
    },
    backfill(catalog: Catalog, when: string) {
      const how = { catalog: catalog.at(when), revoke: true, revokeUnknown: false, dryRun: false, recordedAt: when };
      return settleForBackfill(store, how, learner, { intended: new Map(), announce() {} });
    },
    summary: (catalog: Catalog, when: string) => readSummary(store, catalog.at(when), learner, {}),
    states: async () => (await store.read(learner)).progress,
  };
}
type Life = ReturnType<typeof lifeOf>;

/** When entities are complete by what is stored, under the slugs of today, and which of them by a flag. */
async function stored(life: Life, content: ChangingContent): Promise<{ standing: Standing; flagged: Set<string> }> {
  const progress = await life.states();
  const found: Record<string, string> = {};
  const flagged = new Set<string>();
  const kinds = ["module", "course", "pathway"] as const;
  const states = kinds.flatMap((kind) => [...progress[kind]].map(([slug, state]) => ({ kind, slug, state })));
  // Of what is stored under several slugs a flag counts, and else the earliest that is listed.
  const rank = ({ flag, facts }: EntityState) => `${flag ? 0 : 1}${flag?.completedAt ?? facts.completedAt ?? "~"}`;
  for (const { kind, slug, state } of states.sort((a, b) => (rank(a.state) < rank(b.state) ? -1 : 1))) {
    const time = state.flag?.completedAt ?? state.facts.completedAt;
    const entity = `${kind}/${kind === "pathway" ? slug : meantBy(content, kind, slug)}`;
    if (time === undefined || entity in found) continue;
    found[entity] = time;
    if (state.flag) flagged.add(entity);
  }
  return { standing: found, flagged };
}

/** What reads say of all that content has. */
function told({ courses, pathways, modules }: SummaryView): Standing {
  const holders = [...courses, ...pathways].flatMap(({ entity, term }) =>
    term ? [[`${entity.type}/${entity.slug}`, term.completedAt]] : [],
  );
  const marked = modules.flatMap(({ slug, completedAt }) => (completedAt ? [[`module/${slug}`, completedAt]] : []));
  return Object.fromEntries([...holders, ...marked]);
}

const catalogUnder = (content: ChangingContent): Catalog => catalogOf(filesOfContent(content));
const isTakenByABuild = (content: ChangingContent): boolean => faultsOf(filesOfContent(content)).length === 0;

/** Looks whether store and reads say what the oracle says, once a backfill has looked. */
async function expectStanding(life: Life, content: ChangingContent, when: string, expected: Standing) {
  const catalog = catalogUnder(content);
  await life.backfill(catalog, when);
  const { standing, flagged } = await stored(life, content);
  expect(standing).toEqual(expected);
  expect(await life.backfill(catalog, when)).toEqual({ kind: "right" });
  const summary = await life.summary(catalog, when);
  const read = told(summary);
  const isRead = (entity: string) => entity in read || (isKnownIn(content, entity) && !entity.startsWith("module/"));
  expect(read).toEqual(Object.fromEntries(Object.entries(expected).filter(([entity]) => isRead(entity))));
  expect([...summary.courses, ...summary.pathways].every(({ settled }) => settled)).toBe(true);
  return { flagged, summary };
}

const courseOf = (module: string): HolderContent => ({
  slug: "x",
  modules: [{ slug: module }],
  aliases: [],
  retired: false,
});
const drawn = { module: "d", course: "x", step: "s", score: 60, own: false, id: undefined, receivedAt: NOON } as const;
const renamedWithoutSteps = (markedAt: string): [ChangingContent, Sent[], Change, Sent[]] => {
  const others = { courses: [courseOf("d")], pathways: [] };
  const after = { modules: { d: { steps: [], aliases: ["d-old"] } }, ...others };
  return [
    { modules: { d: { steps: ["s"], aliases: [] } }, ...others },
    [
      { ...drawn, kind: "step", byAlias: false, ts: at("10:03") },
      { ...drawn, kind: "mark", byAlias: true, ts: markedAt },
    ],
    ["all", after],
    [],
  ];
};

/** A claim is accepted ahead of the time that it names, and its flag goes: conditions come into force between the two. */
const claimedAhead = (): [ChangingContent, Sent[], Change, Sent[]] => {
  const others = { courses: [courseOf("d")], pathways: [] };
  return [
    { modules: { d: { steps: [], pass: 80, aliases: [] } }, ...others },
    [
      { ...drawn, kind: "score", score: 90, byAlias: false, ts: at("10:02"), receivedAt: at("10:01") },
      { ...drawn, kind: "mark", byAlias: false, ts: at("10:07"), receivedAt: at("10:05") },
    ],
    ["all", { modules: { d: { steps: ["s"], from: at("10:06"), aliases: [] } }, ...others }],
    [],
  ];
};

it("whatever is in force, renamed, retired or unknown, and however content changes, flags are what the facts say", async () => {
  const property = fc.asyncProperty(anyContent, early, anyChange, late, async (before, sentEarly, change, sentLate) => {
    const life = lifeOf(newLearner());
    const known = { deeds: [], receipts: new Map() } as Parameters<typeof tell>[2];
    const send = async (content: ChangingContent, sent: Sent) => {
      const { error } = await life.send(catalogUnder(content), sent);
      const code = tell(content, sent, known) ? undefined : "COMPLETION_NOT_REACHED";
      expect(error?.code).toBe(code);
    };
    for (const sent of sentEarly) await send(before, sent);
    const standing = standingUnder(before, known.deeds, NOON);
    const { flagged } = await expectStanding(life, before, NOON, standing);

    const after = changed(before, change);
    if (!isTakenByABuild(after)) return;
    known.deeds = renamed(after, known.deeds);
    const then: Before = { content: before, standing, flagged };
    const stillStanding = standingUnder(after, known.deeds, CHANGED, then);
    await expectStanding(life, after, CHANGED, stillStanding);
    for (const sent of sentLate) await send(after, sent);
    // What lost its flag is judged anew.
    const still: Before = { ...then, flagged: new Set([...flagged].filter((entity) => entity in stillStanding)) };
    const { summary } = await expectStanding(life, after, LATE, standingUnder(after, known.deeds, LATE, still));
    const enrolled = summary.courses.map(({ entity, state }) => [entity.slug, state.facts.enrolledAt]);
    expect(enrolled).toEqual(after.courses.map(({ slug }) => [slug, enrolmentsIn(known.deeds)[slug]]).sort());
  });
  // A module that is flagged by its steps, loses them, and takes over what was marked under a name that meant nothing.
  const examples = [renamedWithoutSteps(at("10:01")), renamedWithoutSteps(at("10:05")), claimedAhead()];
  await holds(property, RUNS.sqlite.history, { examples });
});

const holdersOf = ({ courses, pathways }: ChangingContent) => [
  ...courses.map((one) => ({ type: "course" as const, ...one })),
  ...pathways.map((one) => ({ type: "pathway" as const, ...one })),
];
/** What decides over a course or pathway, what is told of it and which names mean it: with `isAll`, optional entries too. */
function basisOf(
  content: ChangingContent,
  { type, slug }: { type: "course" | "pathway"; slug: string },
  isAll: boolean,
) {
  const own = holdersOf(content).find((one) => one.type === type && one.slug === slug);
  if (own === undefined) return undefined;
  const { aliases, retired, courses = [], modules } = own;
  const names = [
    ...content.courses.map((one) => ["course", one.slug, one.aliases, isAll && one.modules]),
    ...Object.entries(content.modules).map(([module, one]) => ["module", module, one.aliases]),
  ];
  const entries = [
    ...courses.map(({ slug: course }) => ["course", course]),
    ...modules.map((one) => ["module", one.slug]),
  ];
  const all = isAll && entries.map(([kind = "", name = ""]) => [kind, name, restsOn(content, kind, name)]);
  return JSON.stringify([restsOn(content, type, slug), aliases, retired, names, all]);
}

it("a change to what an entity does not rest on changes no answer about it", async () => {
  const property = fc.asyncProperty(anyContent, early, anyChange, late, async (before, sentEarly, change, sentLate) => {
    const after = changed(before, change);
    if (!isTakenByABuild(after)) return;
    const same = (isAll: boolean) =>
      holdersOf(before).filter((one) => basisOf(before, one, isAll) === basisOf(after, one, isAll));
    const [spared, untouched] = [same(false), same(true)];
    if (spared.length === 0) return;
    const answers = async (then: ChangingContent) => {
      const life = lifeOf(newLearner());
      for (const sent of sentEarly) await life.send(catalogUnder(before), sent);
      const catalog = catalogUnder(then);
      const results: EventResult[] = [];
      for (const sent of sentLate) results.push(await life.send(catalog, sent));
      const about =
        ({ type, slug }: { type: string; slug: string }) =>
        (one: { type: string; slug: string }) =>
          one.type === type && one.slug === slug;
      const toEvents = untouched.map((one) =>
        results.map((result) => (result.error ? [] : result.outcome.flagged.filter(about(one)).map(untitled))),
      );
      const reads = async () => {
        const { courses, pathways } = await life.summary(catalog, LATE);
        return spared.map((one) => {
          const view = [...courses, ...pathways].find(({ entity }) => about(one)(entity));
          const { completionSource, completedAt, recordedAt, claimedAt } = view?.state.flag ?? {};
          const { progress, missing: titled, settled, term } = view ?? expect.fail("no view");
          const missing = titled.map((entry) => ({ type: entry.type, slug: entry.slug }));
          return { completionSource, completedAt, recordedAt, claimedAt, progress, missing, settled, term };
        });
      };
      const live = await reads();
      await life.backfill(catalog, LATE);
      return { toEvents, live, mended: await reads() };
    };
    const [first, second] = [await answers(before), await answers(after)];
    // An event that completes nothing of its own names what it touched only where something else was settled by it.
    const isNamed = (entity: number, event: number) =>
      [first, second].every(({ toEvents }) => toEvents[entity]?.[event]?.length);
    const named = ({ toEvents }: typeof first) =>
      toEvents.map((list, entity) => list.filter((_, event) => isNamed(entity, event)));
    expect({ ...second, toEvents: named(second) }).toEqual({ ...first, toEvents: named(first) });
  });
  await holds(property, RUNS.sqlite.history);
});

/** Of an answer what does not name the catalog, or one learner's event. */
const untitled = ({ type, slug, progress, newlyCompleted, standing }: FlaggedOutcome) => ({
  type,
  slug,
  progress,
  newlyCompleted,
  standing,
});
