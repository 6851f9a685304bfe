import type { DatabaseSync, StatementSync } from "node:sqlite";
import { itemFull } from "../item-full.ts";
import type { Item } from "../items.ts";
import type { TableOf } from "../learner-items.ts";
import { bucketOf } from "./bucket.ts";
import { decodeItem, encodeItem, sumOf } from "./encode-item.ts";
import { DamagedItem } from "./faults.ts";

/** A row as a statement gives it: `key` is the entity or record. */
export type Row = { learner_id: string; key: string; item: string; sum: number };

type Shape = {
  key: "entity" | "record";
  /** What the table's index needs to know of an item, by column. */
  indexed: (item: Item) => Record<string, string | null>;
};

const text = (value: unknown): string | null => (typeof value === "string" ? value : null);

const SHAPES: Record<TableOf, Shape> = {
  progress: { key: "entity", indexed: ({ completed_at }) => ({ completed_at: text(completed_at) }) },
  records: {
    key: "record",
    indexed: ({ completion_data, module_slug, occurred_at }) =>
      completion_data === undefined
        ? { data_of: null, occurred_at: null }
        : { data_of: text(module_slug), occurred_at: text(occurred_at) },
  },
};

/** An item takes so many bytes at most, as in DynamoDB, so that a learner can move from one store to the other. */
const LARGEST_ITEM = 400 * 1_024;

/** Whether an item is too large to be kept. A character takes three bytes at most. */
const isTooLarge = (item: string): boolean => item.length * 3 > LARGEST_ITEM && Buffer.byteLength(item) > LARGEST_ITEM;

/** A range of keys, the first inside it and the last not. */
export type KeyRange = { from: string; to: string };
export const allKeys: KeyRange = { from: "", to: "\u{10ffff}" };
/** Keys that begin so: prefixes end in a character, whose successor no key of the kind begins with. */
export const startingWith = (prefix: string): KeyRange => ({
  from: prefix,
  to: prefix.slice(0, -1) + String.fromCharCode(prefix.charCodeAt(prefix.length - 1) + 1),
});

/** The items of one table. Its methods run at once; who writes does it inside a transaction. */
export class Table {
  readonly name: TableOf;
  readonly key: Shape["key"];
  readonly #indexed: Shape["indexed"];
  readonly #get: StatementSync;
  readonly #put: StatementSync;
  readonly #delete: StatementSync;
  readonly #page: StatementSync;
  readonly #keys: StatementSync;

  constructor(database: DatabaseSync, name: TableOf) {
    const { key, indexed } = SHAPES[name];
    this.name = name;
    this.key = key;
    this.#indexed = indexed;
    const columns = Object.keys(indexed({}));
    const one = `bucket = ? AND learner_id = ? AND ${key} = ?`;
    const row = `learner_id, ${key} AS key, item, sum`;
    this.#get = database.prepare(`SELECT ${row} FROM ${name} WHERE ${one}`);
    this.#put = database.prepare(
      `INSERT INTO ${name} (bucket, learner_id, ${key}, item, sum, ${columns.join(", ")})` +
        ` VALUES (?, ?, ?, ?, ?${", ?".repeat(columns.length)})` +
        ` ON CONFLICT DO UPDATE SET item = excluded.item, sum = excluded.sum, ` +
        columns.map((column) => `${column} = excluded.${column}`).join(", "),
    );
    this.#delete = database.prepare(`DELETE FROM ${name} WHERE ${one}`);
    this.#page = database.prepare(
      `SELECT ${row} FROM ${name} WHERE bucket = ? AND learner_id = ? AND ${key} >= ? AND ${key} < ? AND ${key} > ?` +
        ` ORDER BY ${key} LIMIT ?`,
    );
    this.#keys = database.prepare(`SELECT ${key} AS key FROM ${name} WHERE bucket = ? AND learner_id = ? LIMIT ?`);
  }

  /** An item without its keys. */
  get(learnerId: string, key: string): Item | undefined {
    const row = this.#get.get(bucketOf(learnerId), learnerId, key) as Row | undefined;
    return row && this.attributesOf(row);
  }

  /** @throws AppError MODULE_FULL for an item that is too large */
  put(learnerId: string, key: string, attributes: Item): void {
    const item = encodeItem(attributes);
    if (isTooLarge(item)) throw itemFull();
    const indexed = Object.values(this.#indexed(attributes));
    this.#put.run(bucketOf(learnerId), learnerId, key, item, sumOf(learnerId, key, item), ...indexed);
  }

  delete(learnerId: string, key: string): void {
    this.#delete.run(bucketOf(learnerId), learnerId, key);
  }

  /** Items of a learner in order of their keys, keys included. @param after begins behind this key */
  page(learnerId: string, { from, to }: KeyRange, limit: number, after = ""): Item[] {
    const rows = this.#page.all(bucketOf(learnerId), learnerId, from, to, after, limit) as Row[];
    return rows.map((row) => this.itemOf(row));
  }

  /** The first keys of a learner's items, whatever the items have become. */
  keys(learnerId: string, limit: number): string[] {
    return this.#keys.all(bucketOf(learnerId), learnerId, limit).map(({ key }) => String(key));
  }

  /** An item with its keys. */
  itemOf(row: Row): Item {
    return { learner_id: row.learner_id, [this.key]: row.key, ...this.attributesOf(row) };
  }

  /** @throws DamagedItem for an item that is not what was written */
  attributesOf({ learner_id, key, item, sum }: Row): Item {
    if (sumOf(learner_id, key, item) !== sum) throw new DamagedItem(this.name, key);
    return decodeItem(item);
  }
}
