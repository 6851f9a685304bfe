import pLimit from "p-limit";
import { expect, it } from "vitest";
import type { Catalog } from "../../../src/catalog/catalog.ts";
import { fixedCatalog } from "../../../src/service/catalog/catalog-source.ts";
import { deleteLearner } from "../../../src/service/deletion/delete-learner.ts";
import { createIngest } from "../../../src/service/ingest/ingest.ts";
import type { LearnerChanges } from "../../../src/service/jobs/change.ts";
import type { Store } from "../../../src/store/store.ts";
import { rawItem } from "../../store/raw-items.ts";
import { catalogOf } from "../../support/builders/catalogs.ts";
import { at } from "../../support/builders/times.ts";
import { remainsOf } from "../../support/oracles/remains.ts";
import { backfillToEnd, type Row, storeWith } from "../../support/processes/backfill.ts";
import { describeEachStore, type StoreUnderTest } from "../../support/processes/stores.ts";
import { CATALOG, everyKind, missing, missingAll, unsupported } from "./learners.ts";

const silent = { debug() {}, info() {}, warn() {}, error() {} };

const ANY_TWO = {
  slug: "any",
  modules: ["strings", "arrays", "extras"],
  completion: { rule: "at-least", count: 2 },
};
const marked = (slug: string, clock: string): Row => ["ada", `MODULE#${slug}`, { completed_at: at(clock) }];

const ingestInto = (store: Store, catalog: Catalog = CATALOG) =>
  createIngest({ store, catalog: fixedCatalog(catalog), log: silent, now: () => Date.parse(at("12:30")) });

const claim = (store: Store, course_slug: string, clock: string) =>
  ingestInto(store)([
    {
      eventName: "learning_course_completed",
      contactIdentifier: { contactId: "ada" },
      payload: { course_slug, ts: at(clock) },
    },
  ]);

const completion = (module_slug: string, clock: string, contactId = "ada") => ({
  eventName: "learning_module_completed",
  eventId: `event-${module_slug}`,
  contactIdentifier: { contactId },
  payload: { module_slug, ts: at(clock) },
});

const complete = (store: Store, ...[module, clock, contactId]: Parameters<typeof completion>) =>
  ingestInto(store)([completion(module, clock, contactId)]);

/** A store that lets something happen once, right before or after the n-th call of one of its methods. */
function disturbed(
  store: Store,
  method: "read" | "setFlag",
  moment: "before" | "after",
  count: number,
  disturb: () => Promise<unknown>,
): Store {
  let calls = 0;
  return {
    ...store,
    async [method](...given: never[]) {
      const isMoment = ++calls === count;
      if (isMoment && moment === "before") await disturb();
      const result = await (store[method] as (...args: never[]) => Promise<unknown>)(...given);
      if (isMoment && moment === "after") await disturb();
      return result;
    },
  } as Store;
}

describeEachStore("Beside a backfill that sets flags from its scan", (open) => {
  const table = (rows: readonly Row[]) => storeWith(open(), rows);

  it.each(["before", "after"] as const)("a deletion right %s a write leaves nothing of the learner", async (moment) => {
    const opened = await table([...missingAll("ada"), ...missing("bob")]);
    const disturb = () => deleteLearner(opened.store, "ada");
    const store = disturbed(opened.store, "setFlag", moment, 1, disturb);
    const { changes, summary } = await backfillToEnd(opened, CATALOG, { store, segments: 1, concurrency: 1 });
    expect(await remainsOf(opened, "ada")).toEqual([]);
    expect(changes.map(({ contact_id }) => contact_id)).toEqual(["bob"]);
    expect(summary).toMatchObject({ deleted_purged: 1, total_contacts: 1, updated: 1, failed: 0 });
  });

  it.each([1, 2, 3])("another backfill right before write %i leaves each flag to be reported once", async (count) => {
    const opened = await table(missingAll("ada"));
    const others: LearnerChanges[] = [];
    const other = async () => void others.push(...(await backfillToEnd(opened, CATALOG)).changes);
    const store = disturbed(opened.store, "setFlag", "before", count, other);
    const { changes } = await backfillToEnd(opened, CATALOG, { store, startTime: at("12:01") });
    const slugs = [...changes, ...others].flatMap((entry) => entry.changes).map(({ slug }) => slug);
    expect(slugs.sort()).toEqual(["full-stack", "git", "ruby"]);
  });
});

describeEachStore("Beside a backfill, an event", (open) => {
  const table = (rows: readonly Row[]) => storeWith(open(), rows);
  const flagIn = async (opened: StoreUnderTest, entity: string) => rawItem(opened, "ada", entity);

  it("that sets a flag first wins, and is not reported as the backfill's", async () => {
    const opened = await table(missing("ada"));
    const identities: unknown[] = [];
    const store = disturbed(opened.store, "setFlag", "before", 1, async () => {
      for (const { identity } of await complete(opened.store, "welcome", "08:00")) identities.push(identity);
    });
    const { changes, summary } = await backfillToEnd(opened, CATALOG, { store });
    expect(await flagIn(opened, "COURSE#ruby")).toMatchObject({
      completion_source: "inferred",
      event_id: identities[0],
    });
    expect(identities).toEqual([expect.stringMatching(/./)]);
    expect(changes).toEqual([]);
    expect(summary).toMatchObject({ processed: 1, updated: 0 });
  });

  it.each([
    ["the read and the write of a clear", "before"],
    ["a clear and the second look", "after"],
  ] as const)("that lands between %s is not lost", async (_, moment) => {
    const opened = await table([
      ["ada", "MODULE#strings", { completed_at: at("10:00") }],
      // Earned under an older catalog, so an event that finds it borne out writes nothing.
      ...unsupported("ada")
        .slice(2, 3)
        .map(([learner, entity, attributes]): Row => [learner, entity, { ...attributes, catalog_version: "earlier" }]),
    ]);
    const store = disturbed(opened.store, "setFlag", moment, 1, () => complete(opened.store, "arrays", "11:00"));
    await backfillToEnd(opened, CATALOG, { store });
    expect(await flagIn(opened, "COURSE#ruby")).toMatchObject({ completed: true, completed_at: at("11:00") });
  });

  it.each([1, 2, 3])("that completes a pathway whose flag is being cleared is not lost, at read %i", async (count) => {
    const all = missingAll("ada").slice(0, 3);
    const opened = await table([...all, ...unsupported("ada").slice(3)]);
    const store = disturbed(opened.store, "read", "after", count, () => complete(opened.store, "welcome", "11:30"));
    await backfillToEnd(opened, CATALOG, { store });
    expect(await flagIn(opened, "PATHWAY#full-stack")).toMatchObject({ completed: true });
  });

  it("that rests a pathway on a course's flag which is cleared meanwhile takes it back", async () => {
    const opened = await table([
      ...unsupported("ada").slice(0, 1),
      ...unsupported("ada").slice(2, 3),
      ["ada", "MODULE#commits", { completed_at: at("10:30") }],
    ]);
    const whole = () => backfillToEnd(opened, CATALOG);
    // The first flag that the event sets is the course's, the second the pathway's.
    const [answer] = await complete(disturbed(opened.store, "setFlag", "before", 2, whole), "welcome", "11:00");
    expect(await flagIn(opened, "COURSE#ruby")).toEqual({ completed: false });
    expect(await flagIn(opened, "PATHWAY#full-stack")).toEqual({ completed: false });
    const pathway = answer?.error ? undefined : answer?.outcome.flagged.find(({ type }) => type === "pathway");
    expect(pathway).toMatchObject({ newlyCompleted: false, progress: { completed: 2, total: 3 } });
  });

  it.each([
    ["moves a flag that the backfill has set from its scan", "after"],
    ["sets a flag before the backfill, which then reads the learner", "before"],
  ] as const)("that the scan has not seen %s", async (_, moment) => {
    // By two of three modules: the scan sees 13:00, and the event makes it 12:00.
    const atLeast = catalogOf({ "courses/any.json": ANY_TWO });
    const opened = await table(["strings", "arrays"].map((slug, index) => marked(slug, `1${index + 2}:00`)));
    const event = () => ingestInto(opened.store, atLeast)([completion("extras", "11:30")]);
    const store = disturbed(opened.store, "setFlag", moment, 1, event);
    const { changes } = await backfillToEnd(opened, atLeast, { store });
    expect(await flagIn(opened, "COURSE#any")).toMatchObject({ completed: true, completed_at: at("12:00") });
    expect(changes).toHaveLength(moment === "after" ? 1 : 0);
    expect((await backfillToEnd(opened, atLeast)).changes).toEqual([]);
  });

  it("that claims a course between the scan and its flag keeps its claim, and the pathway follows it", async () => {
    const opened = await table(missingAll("ada"));
    const store = disturbed(opened.store, "setFlag", "before", 1, () => claim(opened.store, "ruby", "11:04"));
    const { changes } = await backfillToEnd(opened, CATALOG, { store });
    expect(await flagIn(opened, "COURSE#ruby")).toMatchObject({ claimed_at: at("11:04"), completed_at: at("11:04") });
    expect(await flagIn(opened, "PATHWAY#full-stack")).toMatchObject({ completed: true, completed_at: at("11:04") });
    expect(changes.flatMap((entry) => entry.changes).map(({ slug }) => slug)).not.toContain("ruby");
    expect((await backfillToEnd(opened, CATALOG)).changes).toEqual([]);
  });

  it("of any learner, at any moment, leaves nothing for another backfill to do", async () => {
    const names = ["ada", "bob", "cyd", "dan"];
    const opened = await table(names.flatMap(everyKind));
    const learners = [...new Set(names.flatMap(everyKind).map(([learner]) => learner))];
    // A client waits in vain for a connection when very many want one at once, and that is no race of ours.
    const limit = pLimit(16);
    const events = ["arrays", "welcome", "commits"].flatMap((module) =>
      learners.map((learner) => limit(() => complete(opened.store, module, "11:15", learner))),
    );
    await Promise.all([...events, backfillToEnd(opened, CATALOG, { batchSize: 3, segments: 2 })]);
    const { changes, summary } = await backfillToEnd(opened, CATALOG, { dryRun: true });
    expect(changes).toEqual([]);
    expect(summary.total_contacts).toBe(learners.length);
  });
});
