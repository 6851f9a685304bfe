import { expect, it } from "vitest";
import { fixedCatalog } from "../../../src/service/catalog/catalog-source.ts";
import { createIngest } from "../../../src/service/ingest/ingest.ts";
import { rawItem } from "../../store/raw-items.ts";
import { at } from "../../support/builders/times.ts";
import {
  backfillToEnd,
  dumpOf,
  putRow,
  type Row,
  rollback,
  tableWith,
  writesIn,
} from "../../support/processes/backfill.ts";
import { describeStores, type TestStore } from "../../support/processes/stores.ts";
import { badData, CATALOG, everyKind, missing, missingAll, unsupported, wrongTime } from "./learners.ts";

const log = { debug() {}, info() {}, warn() {}, error() {} };

const send = ({ store }: TestStore, eventName: string, contactId: string, payload: object) =>
  createIngest({
    store,
    catalog: fixedCatalog(CATALOG),
    log,
    now: () => Date.parse(at("12:30")),
  })([{ eventName: `learning_${eventName}`, contactIdentifier: { contactId }, payload }]);

describeStores("A rollback", (open) => {
  const table = (rows: readonly Row[]) => tableWith(open().endpoint, rows);

  it("gives the table back to the byte; another backfill gives the same again", async () => {
    const opened = await table([...everyKind("ada"), ...everyKind("bob"), ...badData("cyd")]);
    const before = await dumpOf(opened);
    const { changes } = await backfillToEnd(opened, CATALOG);
    const after = await dumpOf(opened);
    expect(after).not.toEqual(before);

    const flags = changes.flatMap((entry) => entry.changes).length;
    expect(await rollback(opened.store, changes)).toEqual({ undone: flags, already: 0, notUndone: 0, kept: [] });
    expect(await dumpOf(opened)).toEqual(before);
    expect(await rollback(opened.store, changes)).toMatchObject({ undone: 0, already: flags, notUndone: 0 });
    const { completions } = await opened.store.completions({ type: "course", slugs: ["cobol"] }, { limit: 10 });
    expect(completions.map(({ learnerId }) => learnerId).sort()).toEqual(["ada-courseGone", "bob-courseGone"]);

    const again = await backfillToEnd(opened, CATALOG);
    expect(again.changes).toEqual(changes);
    expect(await dumpOf(opened)).toEqual(after);
  });

  it("takes away the items that the run made, but not one that holds something else by now", async () => {
    const opened = await table([...missing("ada"), ...missing("bob")]);
    const { changes } = await backfillToEnd(opened, CATALOG);
    await send(opened, "course_enrolled", "bob", { course_slug: "ruby", ts: at("11:59") });
    expect(await rollback(opened.store, changes)).toMatchObject({ undone: 2, notUndone: 0 });
    expect(await rawItem(opened, "ada", "COURSE#ruby")).toBeUndefined();
    const enrolled = { enrolled_at: at("11:59"), enrollment_source: null };
    expect(await rawItem(opened, "bob", "COURSE#ruby")).toEqual({
      ...enrolled,
      enrollment_receipt: expect.any(String),
    });
  });

  it("leaves what a later event made of a flag, and lists it with the reason", async () => {
    const opened = await table([...missing("ada"), ...unsupported("bob")]);
    const { changes } = await backfillToEnd(opened, CATALOG);
    // An earlier fact moves the flag that the run set; a missing one sets the flag that the run cleared.
    await send(opened, "module_completed", "ada", { module_slug: "arrays", ts: at("10:30") });
    await send(opened, "module_completed", "bob", { module_slug: "arrays", ts: at("11:00") });
    const { kept, ...tally } = await rollback(opened.store, changes);
    expect(tally).toEqual({ undone: 1, already: 0, notUndone: 2 });
    expect(kept.toSorted((a, b) => (a.contact_id < b.contact_id ? -1 : 1))).toEqual([
      {
        contact_id: "ada",
        type: "course",
        slug: "ruby",
        reason: `it is no longer what the run made it: complete since ${at("10:30")} (backfill, recorded at ${at("12:30")})`,
      },
      expect.objectContaining({ contact_id: "bob", slug: "ruby", reason: expect.stringContaining(at("11:00")) }),
    ]);
    expect(await rawItem(opened, "ada", "COURSE#ruby")).toMatchObject({ completed_at: at("10:30") });
    expect(await rawItem(opened, "bob", "COURSE#ruby")).toMatchObject({ completed_at: at("11:00") });
    expect(await rawItem(opened, "bob", "PATHWAY#full-stack")).toMatchObject({ completed_at: at("10:00") });
  });

  it("leaves a flag that a write gets in before", async () => {
    const opened = await table(missing("ada"));
    const { changes } = await backfillToEnd(opened, CATALOG);
    const store: typeof opened.store = {
      ...opened.store,
      async restoreFlag(...given) {
        await send(opened, "module_completed", "ada", { module_slug: "arrays", ts: at("10:30") });
        return opened.store.restoreFlag(...given);
      },
    };
    expect(await rollback(store, changes)).toMatchObject({ undone: 0, notUndone: 1 });
    expect(await rawItem(opened, "ada", "COURSE#ruby")).toMatchObject({ completed_at: at("10:30") });
  });

  it("says in a dry run what it would do, and does nothing", async () => {
    const opened = await table([...missingAll("ada"), ...wrongTime("bob"), ...missing("cyd")]);
    const { changes } = await backfillToEnd(opened, CATALOG);
    await send(opened, "module_completed", "bob", { module_slug: "arrays", ts: at("10:30") });
    const dump = await dumpOf(opened);
    opened.calls.length = 0;
    const would = await rollback(opened.store, changes, "dry-run");
    expect(would).toMatchObject({ undone: 4, already: 0, notUndone: 1, kept: [{ contact_id: "bob" }] });
    expect(writesIn(opened)).toEqual([]);
    expect(await dumpOf(opened)).toEqual(dump);
    expect(await rollback(opened.store, changes)).toEqual(would);
  });

  it("verifies that every flag is as before the run, and writes nothing", async () => {
    const opened = await table([...missingAll("ada"), ...unsupported("bob")]);
    const { changes } = await backfillToEnd(opened, CATALOG);
    opened.calls.length = 0;
    expect(await rollback(opened.store, changes, "verify")).toMatchObject({ undone: 0, already: 0, notUndone: 5 });
    expect(writesIn(opened)).toEqual([]);
    await rollback(opened.store, changes);
    expect(await rollback(opened.store, changes, "verify")).toEqual({ undone: 0, already: 5, notUndone: 0, kept: [] });
    await putRow(opened, ["bob", "COURSE#ruby", { completed: false }]);
    expect(await rollback(opened.store, changes, "verify")).toMatchObject({
      notUndone: 1,
      kept: [{ contact_id: "bob", slug: "ruby", reason: "it is not as before the run: not complete" }],
    });
  });
});
