import type { Item } from "../../../src/store/items.ts";
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

/** Items of progress as they lie in a store, without their keys. */
export type RawItems = {
  get(learner: string, entity: string): Promise<Item | undefined>;
  put(learner: string, entity: string, attributes: Item): Promise<void>;
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
