import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, beforeAll } from "vitest";
import type { Item } from "../../../src/store/items.ts";
import type { OpenStore } from "../../../src/store/open-store.ts";
import { FILE_NAME } from "../../../src/store/sqlite/data-folder.ts";
import { openSqliteStore } from "../../../src/store/sqlite/open.ts";
import { Table } from "../../../src/store/sqlite/table.ts";
import type { RawItems, StoreUnderTest } from "./store-under-test.ts";

/** Items in a file, past the store, as somebody else's program might write them. */
export function rawItemsIn(database: DatabaseSync): RawItems {
  const table = new Table(database, "progress");
  return {
    get: async (learner, entity) => table.get(learner, entity),
    async put(learner, entity, attributes) {
      table.put(learner, entity, plain(attributes));
    },
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
    database = new DatabaseSync(join(folder, FILE_NAME), { timeout: 5_000 });
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
