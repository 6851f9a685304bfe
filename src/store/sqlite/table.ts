import type { DatabaseSync, StatementSync } from "node:sqlite";
import { itemFull } from "../item-full.ts";
import type { Item } from "../items.ts";
import type { TableOf } from "../learner-items.ts";
import { bucketOf } from "./bucket.ts";
import { decodeItem, encodeItem, sumOf } from "./encode-item.ts";
import { DamagedItem } from "./faults.ts";

/** A row as a statement gives it: `key` is the entity or record. */
export type Row = { learner_id: string; key: string; item: string; sum: number };
/** As a list, which takes half the time of a row with names. */
type ItemAndSum = [item: string, sum: number];
type KeyedRow = [key: string, ...ItemAndSum];

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
  readonly #whole: StatementSync;
  readonly #keys: StatementSync;

  constructor(database: DatabaseSync, name: TableOf) {
    const { key, indexed } = SHAPES[name];
    this.name = name;
    this.key = key;
    this.#indexed = indexed;
    const columns = Object.keys(indexed({}));
    const one = `bucket = ? AND learner_id = ? AND ${key} = ?`;
    this.#get = listing(database, `SELECT item, sum FROM ${name} WHERE ${one}`);
    this.#put = database.prepare(
      `INSERT INTO ${name} (bucket, learner_id, ${key}, item, sum, ${columns.join(", ")})` +
        ` VALUES (?, ?, ?, ?, ?${", ?".repeat(columns.length)})` +
        ` ON CONFLICT DO UPDATE SET item = excluded.item, sum = excluded.sum, ` +
        columns.map((column) => `${column} = excluded.${column}`).join(", "),
    );
    this.#delete = database.prepare(`DELETE FROM ${name} WHERE ${one}`);
    const rows = `SELECT ${key}, item, sum FROM ${name} WHERE bucket = ? AND learner_id = ?`;
    this.#page = listing(database, `${rows} AND ${key} >= ? AND ${key} < ? AND ${key} > ? ORDER BY ${key} LIMIT ?`);
    this.#whole = listing(database, `${rows} ORDER BY ${key}`);
    this.#keys = database.prepare(`SELECT ${key} AS key FROM ${name} WHERE bucket = ? AND learner_id = ? LIMIT ?`);
  }

  /** An item without its keys. */
  get(learnerId: string, key: string): Item | undefined {
    const row = this.#get.get(bucketOf(learnerId), learnerId, key) as ItemAndSum | undefined;
    return row && this.#attributes(learnerId, key, row);
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
    return this.#items(learnerId, this.#page.all(bucketOf(learnerId), learnerId, from, to, after, limit));
  }

  /** All items of a learner in order of their keys, keys included. */
  whole(learnerId: string): Item[] {
    return this.#items(learnerId, this.#whole.all(bucketOf(learnerId), learnerId));
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
    return this.#attributes(learner_id, key, [item, sum]);
  }

  #items(learnerId: string, rows: unknown): Item[] {
    return (rows as KeyedRow[]).map(([key, ...row]) => ({
      learner_id: learnerId,
      [this.key]: key,
      ...this.#attributes(learnerId, key, row),
    }));
  }

  #attributes(learnerId: string, key: string, [item, sum]: ItemAndSum): Item {
    if (sumOf(learnerId, key, item) !== sum) throw new DamagedItem(this.name, key);
    return decodeItem(item);
  }
}

/** A statement whose rows are lists. */
function listing(database: DatabaseSync, sql: string): StatementSync {
  const statement = database.prepare(sql);
  statement.setReturnArrays(true);
  return statement;
}
