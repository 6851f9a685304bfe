import type { Item } from "../../../src/store/items.ts";
import type { TableOf } from "../../../src/store/learner-items.ts";
import type { RunLeases } from "../../../src/store/run-leases.ts";
import type { Scanner } from "../../../src/store/scanner.ts";
import type { Store } from "../../../src/store/store.ts";

/** A request to the store, as its client saw it. */
export type StoreCall = {
  /** `UpdateItem`, `Query`. */
  command: string;
  input: Record<string, unknown>;
  /** Capacity units that the store counted. */
  units: number;
  failed: boolean;
};

/** Items as they lie in a store, past the store, as somebody else's program might see and write them. */
export type RawItems = {
  /** An item of progress, without its keys. */
  get(learner: string, entity: string): Promise<Item | undefined>;
  put(learner: string, entity: string, attributes: Item): Promise<void>;
  /** The items of a table, or those of one learner there, keys and all. */
  items(table: TableOf, learner?: string): Promise<Item[]>;
  putAll(table: TableOf, items: readonly Item[]): Promise<void>;
  /** Empties both tables. */
  clear(): Promise<void>;
  /** A number that is another one as soon as the store has written something. */
  version(): number;
};

/** Any store, as the contract's tests know it. */
export type StoreUnderTest = {
  store: Store;
  leases: RunLeases;
  scanner(): Scanner;
  raw: RawItems;
  /** Every request since the last `calls.length = 0`; undefined where a store makes no requests. */
  calls: StoreCall[] | undefined;
};
