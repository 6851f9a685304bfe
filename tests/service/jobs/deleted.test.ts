import { expect, it } from "vitest";
import { at } from "../../support/builders/times.ts";
import { remainsOf } from "../../support/oracles/remains.ts";
import { backfillToEnd, dumpOf, type Row, tableWith } from "../../support/processes/backfill.ts";
import { describeStores, type TestStore } from "../../support/processes/stores.ts";
import { CATALOG, missing, right } from "./learners.ts";

describeStores("A backfill that meets a learner who has been deleted", (open) => {
  /** Bob has been deleted; a process that died has left something of him. */
  const table = (...others: Row[][]) => tableLeftWith(missing("bob"), ...others);
  const tableLeftWith = async (...rows: Row[][]) => {
    const opened = await tableWith(open().endpoint, rows.flat());
    await opened.raw.putAll("records", [{ learner_id: "bob", record: "SESSION#s" }]);
    return opened;
  };
  const bury = ({ store }: TestStore, learner = "bob", deletedAt = at("09:00")) =>
    store.markDeleted(learner, deletedAt);

  it.each<[string, Row[]]>([
    ["lacks flags", missing("bob")],
    ["has the flags that its facts imply", right("bob")],
    ["is faulty", [...missing("bob"), ["bob", "LESSON#one", { completed_at: at("10:00") }]]],
  ])("derives nothing, takes away what was left in both tables, and counts it apart, where it %s", async (_, left) => {
    const opened = await tableLeftWith(left, right("ada"), missing("cyd"));
    await bury(opened);
    await bury(opened, "somebody of whom nothing was left");
    const { summary, changes, failures } = await backfillToEnd(opened, CATALOG);
    expect(summary).toMatchObject({ deleted_purged: 1, total_contacts: 2, processed: 2, updated: 1, failed: 0 });
    expect(changes.map(({ contact_id }) => contact_id)).toEqual(["cyd"]);
    expect(failures).toEqual([]);
    expect(await remainsOf(opened, "bob")).toEqual([]);
    expect(await remainsOf(opened, "ada")).toHaveLength(right("ada").length);
    expect((await backfillToEnd(opened, CATALOG)).summary).toMatchObject({ deleted_purged: 0, total_contacts: 2 });
  });

  it("only counts it in a dry run", async () => {
    const opened = await table(missing("cyd"));
    await bury(opened);
    const before = await dumpOf(opened);
    const { summary, changes } = await backfillToEnd(opened, CATALOG, { dryRun: true });
    expect(summary).toMatchObject({ deleted_purged: 1, total_contacts: 1, updated: 1 });
    expect(changes.map(({ contact_id }) => contact_id)).toEqual(["cyd"]);
    expect(await dumpOf(opened)).toEqual(before);
    expect(await remainsOf(opened, "bob")).toContain("records SESSION#s");
  });

  it("does so for that learner alone on request", async () => {
    const opened = await table(missing("cyd"));
    await bury(opened);
    const { summary } = await backfillToEnd(opened, CATALOG, { contactId: "bob" });
    expect(summary).toMatchObject({ deleted_purged: 1, total_contacts: 0 });
    expect(await remainsOf(opened, "bob")).toEqual([]);
    expect(await remainsOf(opened, "cyd")).toHaveLength(2);
  });

  it("counts what it writes and reads for it", async () => {
    const opened = await table();
    await bury(opened);
    const { summary } = await backfillToEnd(opened, CATALOG);
    expect(summary.consumed_wcu).toBeGreaterThanOrEqual(3);
  });

  it("is not led astray by tombstones in many segments", async () => {
    const opened = await tableWith(open().endpoint, missing("cyd"));
    for (let index = 0; index < 60; index++) await bury(opened, `gone-${index}`);
    const { summary, failures } = await backfillToEnd(opened, CATALOG, { segments: 7, limits: { maxRcu: 1_000 } });
    expect(summary).toMatchObject({ total_contacts: 1, updated: 1, deleted_purged: 0 });
    expect(failures).toEqual([]);
  });
});
