import { expect, it } from "vitest";
import { rawItem } from "../../store/raw-items.ts";
import { at } from "../../support/builders/times.ts";
import {
  backfill,
  backfillToEnd,
  countsOf,
  dumpOf,
  putRow,
  type Row,
  RUN_AT,
  runsFolder,
  tableWith,
  writesIn,
} from "../../support/processes/backfill.ts";
import { describeStores } from "../../support/processes/stores.ts";
import {
  badData,
  CATALOG,
  courseGone,
  everyKind,
  missing,
  missingAll,
  olderCatalog,
  right,
  unsupported,
  wrongTime,
} from "./learners.ts";

const isConsistentBatch = ({ RequestItems = {} }: { RequestItems?: object }): boolean =>
  Object.values(RequestItems).some(({ ConsistentRead }) => ConsistentRead === true);

const NEW_FLAG = {
  completed: true,
  completion_source: "backfill",
  recorded_at: RUN_AT,
  catalog_version: CATALOG.version,
  definition: expect.stringMatching(/^[0-9a-f]{16}$/),
};

describeStores("A backfill", (open) => {
  const table = (rows: readonly Row[]) => tableWith(open().endpoint, rows);

  it("sets missing flags at the inferred time, courses before the pathway that needs them", async () => {
    const opened = await table(missingAll("ada"));
    const { changes, summary } = await backfillToEnd(opened, CATALOG);
    const set = (slug: string, clock: string) => ({
      slug,
      before: false,
      after: true,
      completed_at_before: null,
      completed_at_after: at(clock),
    });
    expect(changes).toMatchObject([
      {
        contact_id: "ada",
        changes: [
          { type: "course", ...set("git", "10:30"), progress: { completed: 1, total: 1, needed: 1, short_by: 0 } },
          { type: "course", ...set("ruby", "11:00"), progress: { completed: 2, total: 2, needed: 2, short_by: 0 } },
          {
            type: "pathway",
            ...set("full-stack", "11:00"),
            progress: { completed: 3, total: 3, needed: 3, short_by: 0 },
          },
        ],
      },
    ]);
    expect(summary).toMatchObject({
      total_contacts: 1,
      processed: 1,
      updated: 1,
      courses_updated: 2,
      pathways_updated: 1,
    });
    const entities = writesIn(opened).map(({ input }) => (input.Key as { entity: string }).entity);
    expect(entities.slice(0, 2).sort()).toEqual(["COURSE#git", "COURSE#ruby"]);
    expect(entities.slice(2)).toEqual(["PATHWAY#full-stack"]);
    expect(await rawItem(opened, "ada", "COURSE#git")).toEqual({
      ...NEW_FLAG,
      completed_at: at("10:30"),
      enrolled_at: at("07:00"),
      enrollment_source: "home",
      started_at: at("07:00"),
    });
    expect(await rawItem(opened, "ada", "PATHWAY#full-stack")).toEqual({ ...NEW_FLAG, completed_at: at("11:00") });
  });

  it("clears unsupported flags, completed_at and all, in one run, and leaves the enrolment", async () => {
    const opened = await table([...unsupported("ada"), ...courseGone("bob")]);
    const { changes } = await backfillToEnd(opened, CATALOG, { revokeUnknown: true });
    expect(changes.toSorted((a, b) => (a.contact_id < b.contact_id ? -1 : 1))).toMatchObject([
      {
        contact_id: "ada",
        changes: [
          { slug: "ruby", before: true, after: false, completed_at_after: null, progress: { completed: 1, total: 2 } },
          { slug: "full-stack", completed_at_before: at("10:00"), progress: { completed: 1, total: 3 } },
        ],
      },
      {
        contact_id: "bob",
        changes: [{ slug: "cobol", before: true, after: false, progress: { completed: 0, total: 0 } }],
      },
    ]);
    expect(await rawItem(opened, "ada", "COURSE#ruby")).toEqual({ completed: false });
    expect(await rawItem(opened, "ada", "PATHWAY#full-stack")).toEqual({
      completed: false,
      enrolled_at: at("07:00"),
      enrollment_source: null,
    });
    expect(await rawItem(opened, "bob", "COURSE#cobol")).toEqual({ completed: false });
    const { completions } = await opened.store.completions({ type: "course", slugs: ["ruby"] }, { limit: 10 });
    expect(completions).toEqual([]);
  });

  it("leaves flags of what has no file any more as they are, and counts them", async () => {
    const opened = await table([...courseGone("bob"), ...right("ada")]);
    const { changes, summary } = await backfillToEnd(opened, CATALOG);
    expect([changes, summary.unknown_left]).toEqual([[], 1]);
    expect((await backfillToEnd(opened, CATALOG, { contactId: "bob" })).summary.unknown_left).toBe(1);
    const revoked = await backfillToEnd(opened, CATALOG, { revokeUnknown: true });
    expect([revoked.summary.courses_updated, revoked.summary.unknown_left]).toEqual([1, 0]);
  });

  it("moves a flag whose time the facts contradict, unless it was earned under an older catalog", async () => {
    const opened = await table([...wrongTime("ada"), ...olderCatalog("bob")]);
    const { changes } = await backfillToEnd(opened, CATALOG);
    expect(changes).toMatchObject([
      {
        contact_id: "ada",
        changes: [{ before: true, after: true, completed_at_before: at("11:30"), completed_at_after: at("11:00") }],
      },
    ]);
    expect(await rawItem(opened, "ada", "COURSE#ruby")).toEqual({
      ...NEW_FLAG,
      completed_at: at("11:00"),
      completion_source: "inferred",
      event_id: "e1",
    });
  });

  it("changes nothing and writes nothing when it is run again", async () => {
    const opened = await table(everyKind("ada"));
    const first = await backfillToEnd(opened, CATALOG);
    expect(first.summary).toMatchObject({ total_contacts: 7, processed: 7, updated: 4, skipped_synced: 0, failed: 0 });
    expect(first.summary.consumed_wcu).toBeGreaterThan(0);
    const dump = await dumpOf(opened);
    opened.calls.length = 0;
    const second = await backfillToEnd(opened, CATALOG, { startTime: at("13:00") });
    expect(second.summary).toMatchObject({
      total_contacts: 7,
      processed: 7,
      updated: 0,
      consumed_wcu: 0,
      entities: [],
    });
    expect(second.changes).toEqual([]);
    expect(writesIn(opened)).toEqual([]);
    expect(await dumpOf(opened)).toEqual(dump);
  });

  it("costs no write for learners whose flags are right, and counts them on request", async () => {
    const opened = await table([...right("ada"), ...olderCatalog("bob"), ...missing("cyd")]);
    const { summary } = await backfillToEnd(opened, CATALOG, { skipSynced: true });
    expect(summary).toMatchObject({ total_contacts: 3, processed: 3, updated: 1, skipped_synced: 2 });
    expect(writesIn(opened)).toHaveLength(1);
    // Who of a page's learners is deleted, and who of those that were written; nobody is read again.
    const reads = opened.calls.filter(({ command }) => command !== "Scan" && command !== "UpdateItem");
    expect(new Set(reads.map(({ command }) => command))).toEqual(new Set(["BatchGetItem"]));
    expect(reads.filter(({ input }) => isConsistentBatch(input))).toHaveLength(1);
  });

  it("reads again only learners with a flag that is to be moved or cleared", async () => {
    const opened = await table([...missing("ada"), ...wrongTime("bob"), ...unsupported("cyd"), ...missingAll("dan")]);
    const { summary } = await backfillToEnd(opened, CATALOG);
    expect(summary).toMatchObject({ total_contacts: 4, updated: 4, failed: 0 });
    const queries = opened.calls.filter(({ command }) => command === "Query");
    const read = queries.map(({ input }) => Object.values(input.ExpressionAttributeValues as object)[0]);
    expect([...new Set(read)].sort()).toEqual(["bob", "cyd"]);
  });

  it("only sets flags with --no-revoke", async () => {
    const opened = await table([...unsupported("ada"), ...missing("bob"), ...courseGone("cyd"), ...wrongTime("dan")]);
    const { changes } = await backfillToEnd(opened, CATALOG, { revoke: false });
    expect(changes.map(({ contact_id }) => contact_id).sort()).toEqual(["bob", "dan"]);
    expect(changes.flatMap((entry) => entry.changes).every(({ after }) => after)).toBe(true);
    expect(await rawItem(opened, "ada", "COURSE#ruby")).toMatchObject({ completed: true });
  });

  it("does one learner on request", async () => {
    const opened = await table([...missing("ada"), ...missing("bob")]);
    const { summary, changes } = await backfillToEnd(opened, CATALOG, { contactId: "bob" });
    expect(summary).toMatchObject({ total_contacts: 1, processed: 1, updated: 1 });
    expect(changes.map(({ contact_id }) => contact_id)).toEqual(["bob"]);
    expect(await rawItem(opened, "ada", "COURSE#ruby")).toBeUndefined();
  });

  it("writes the same files in a dry run, and nothing else", async () => {
    const rows = [...everyKind("ada"), ...everyKind("bob"), ...badData("cyd")];
    const [dry, live] = [await table(rows), await table(rows)];
    const dump = await dumpOf(dry);
    dry.calls.length = 0;
    const would = await backfillToEnd(dry, CATALOG, { dryRun: true });
    expect(dry.calls.length).toBeGreaterThan(0);
    expect(writesIn(dry)).toEqual([]);
    expect(new Set(dry.calls.map(({ command }) => command))).toEqual(
      new Set(["Scan", "Query", "GetItem", "BatchGetItem"]),
    );
    expect(await dumpOf(dry)).toEqual(dump);

    const did = await backfillToEnd(live, CATALOG);
    expect(would.changes).toEqual(did.changes);
    expect(would.failures).toEqual(did.failures);
    expect(countsOf(would.summary)).toEqual({ ...countsOf(did.summary), dry_run: true });
    expect(would.summary.consumed_wcu).toBe(0);
  });

  it("writes down each faulty item, and does all other learners", async () => {
    const opened = await table([...badData("ada"), ...missing("bob")]);
    const { summary, failures, changes } = await backfillToEnd(opened, CATALOG);
    expect(failures.toSorted((a, b) => (String(a.entity) < String(b.entity) ? -1 : 1))).toEqual([
      {
        contact_id: "ada",
        entity: "COURSE#git",
        reason: expect.stringMatching(
          /completed_at is "2026-02-30.*completion_source is "magic".*recorded_at is missing/,
        ),
      },
      { contact_id: "ada", entity: "COURSE#ruby", reason: 'started_at is 17; completed is "yes"' },
      { contact_id: "ada", entity: "LESSON#one", reason: "an entity of no known kind" },
      { contact_id: "ada", entity: "MODULE#arrays", reason: 'completed_at is "yesterday"' },
    ]);
    expect(summary).toMatchObject({ total_contacts: 2, processed: 1, updated: 1, failed: 1, validation_errors: 4 });
    expect(changes.map(({ contact_id }) => contact_id)).toEqual(["bob"]);
    expect(await rawItem(opened, "ada", "COURSE#ruby")).toEqual({ completed: "yes", started_at: 17 });
  });

  it.each<[string, Row]>([
    ["a list for a time", ["ada", "MODULE#strings", { started_at: [1, 2] }]],
    ["a set for a time", ["ada", "MODULE#strings", { started_at: new Set(["x"]) }]],
    ["null for a time", ["ada", "MODULE#strings", { started_at: null }]],
    ["bytes for a time", ["ada", "MODULE#strings", { started_at: new Uint8Array([1]) }]],
    ["another form of time", ["ada", "MODULE#strings", { completed_at: "2026-01-18T10:00:00Z" }]],
    ["a flag without its time", ["ada", "COURSE#ruby", { completed: true }]],
    ["a time without its flag", ["ada", "COURSE#ruby", { completed_at: at("10:00") }]],
    ["a number for a flag", ["ada", "PATHWAY#full-stack", { completed: 1 }]],
    ["an entity without a slug", ["ada", "COURSE#", {}]],
    ["an entity of no kind", ["ada", "ruby", {}]],
  ])("takes %s as one learner's failure", async (_, row) => {
    const opened = await table([row, ...right("bob")]);
    const { summary, failures } = await backfillToEnd(opened, CATALOG);
    expect(summary).toMatchObject({ total_contacts: 2, processed: 1, failed: 1, validation_errors: 1 });
    expect(failures).toMatchObject([{ contact_id: "ada", entity: row[1], reason: expect.any(String) }]);
    expect(writesIn(opened)).toEqual([]);
  });

  it("writes down what it did of a learner before its data turned bad", async () => {
    const opened = await table([...unsupported("ada"), ...missing("bob")]);
    const turnsBad: typeof opened.store = {
      ...opened.store,
      async setFlag(learner, ...given) {
        const outcome = await opened.store.setFlag(learner, ...given);
        if (learner === "ada") await putRow(opened, ["ada", "LESSON#one"]);
        return outcome;
      },
    };
    const { summary, failures, changes } = await backfillToEnd(opened, CATALOG, { store: turnsBad });
    expect(failures).toMatchObject([{ contact_id: "ada", entity: "LESSON#one" }]);
    expect(changes.find(({ contact_id }) => contact_id === "ada")?.changes).toMatchObject([
      { slug: "ruby", after: false },
    ]);
    expect(summary).toMatchObject({ processed: 1, updated: 1, failed: 1, courses_updated: 2 });
  });

  it("stops when the store fails for good; no learner is blamed, and the run goes on when it is back", async () => {
    const rows = Array.from({ length: 20 }, (_, index) => missing(`learner-${index}`)).flat();
    const [opened, control, folder] = [await table(rows), await table(rows), runsFolder()];
    let requests = 0;
    opened.client.middlewareStack.add(
      (next) => async (args) => {
        if (++requests > 12) throw new Error("connect ECONNREFUSED");
        return next(args);
      },
      { step: "initialize", name: "outage" },
    );
    await expect(backfill(opened, CATALOG, { folder, batchSize: 2 })).rejects.toMatchObject({
      code: "STORE_UNAVAILABLE",
    });
    opened.client.middlewareStack.remove("outage");
    const { summary, changes, failures } = await backfillToEnd(opened, CATALOG, { folder });
    const undisturbed = await backfillToEnd(control, CATALOG, { batchSize: 2 });
    expect(failures).toEqual([]);
    expect(changes).toEqual(undisturbed.changes);
    expect(countsOf(summary)).toEqual(countsOf(undisturbed.summary));
  });
});
