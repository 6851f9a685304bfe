import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, beforeAll } from "vitest";
import type { Item } from "../../../src/store/items.ts";
import type { OpenStore } from "../../../src/store/open-store.ts";
import { FILE_NAME } from "../../../src/store/sqlite/data-folder.ts";
import { openSqliteStore } from "../../../src/store/sqlite/open.ts";
import { allKeys, type Row, Table } from "../../../src/store/sqlite/table.ts";
import type { RawItems, StoreUnderTest } from "./store-under-test.ts";

function rawItemsIn(database: DatabaseSync): RawItems {
  const tables = { progress: new Table(database, "progress"), records: new Table(database, "records") };
  const together = (write: () => void) => {
    database.exec("BEGIN IMMEDIATE");
    write();
    database.exec("COMMIT");
  };
  return {
    get: async (learner, entity) => tables.progress.get(learner, entity),
    async put(learner, entity, attributes) {
      tables.progress.put(learner, entity, plain(attributes));
    },
    async items(name, learner) {
      const table = tables[name];
      if (learner !== undefined) return table.page(learner, allKeys, Number.MAX_SAFE_INTEGER);
      const rows = database.prepare(`SELECT learner_id, ${table.key} AS key, item, sum FROM ${name}`).all();
      return (rows as Row[]).map((row) => table.itemOf(row));
    },
    async putAll(name, items) {
      const table = tables[name];
      together(() => {
        for (const { learner_id, [table.key]: sort, ...attributes } of items)
          table.put(String(learner_id), String(sort), plain(attributes));
      });
    },
    clear: async () => together(() => database.exec("DELETE FROM progress; DELETE FROM records")),
    version: () => Number(database.prepare("PRAGMA data_version").get()?.data_version),
  };
}

/** Numbers that only DynamoDB has are numbers here. */
const plain = (attributes: Item): Item =>
  Object.fromEntries(
    Object.entries(attributes).map(([name, value]) => [
      name,
      typeof value === "object" && value !== null && value.constructor.name === "NumberValue" ? Number(value) : value,
    ]),
  );

/** A store in a file of its own, for the tests around it. @returns gives it, inside tests and hooks */
export function sqliteStore(): () => StoreUnderTest {
  const folder = mkdtempSync(join(tmpdir(), "waymark-sqlite-"));
  let opened: OpenStore;
  let database: DatabaseSync;
  let under: StoreUnderTest;
  beforeAll(async () => {
    // What a flush is worth is tried elsewhere; here it would only take time.
    opened = await openSqliteStore(folder, { durability: "process" });
    database = new DatabaseSync(join(folder, FILE_NAME), { timeout: 60_000 });
    database.exec("PRAGMA synchronous = OFF");
    const { store, leases, scanner } = opened.connect("page");
    under = { store, leases, scanner, raw: rawItemsIn(database), calls: undefined };
  });
  afterAll(async () => {
    database?.close();
    await opened?.close();
    rmSync(folder, { recursive: true, force: true });
  });
  return () => under;
}
