import type { LearnerId } from "../model/learner.ts";
import type { Timestamp } from "../model/time.ts";
import type { Item } from "./items.ts";

/** Progress is what flags are derived from, records are the history. */
export type TableOf = "progress" | "records";

/** The key of an item; where a page ended, it is that of its last item. */
export type ItemKey = Record<string, unknown>;

/** That a learner has been deleted, and when; of whom, only who knows the id can tell. */
export type Tombstone = { deletedAt: Timestamp; digest: string };

/** All that is stored of one learner, whatever it is. Every method throws STORE_UNAVAILABLE when the store fails. */
export type LearnerItems = {
  /** Items of a table in order of their keys, as many as come in one answer; strongly consistent. */
  itemsPage(learnerId: LearnerId, table: TableOf, from?: ItemKey): Promise<{ items: Item[]; next?: ItemKey }>;
  /** Keys of a table's items, as many as come in one answer; none once all are deleted. Strongly consistent. */
  someKeys(learnerId: LearnerId, table: TableOf): Promise<ItemKey[]>;
  /** Deletes items, at most MAX_BATCH of them. */
  deleteItems(table: TableOf, keys: readonly ItemKey[]): Promise<void>;
  /** Who has been deleted since a time, or ever, in order of time; strongly consistent. */
  tombstones(since?: Timestamp): Promise<Tombstone[]>;
  addTombstone(tombstone: Tombstone): Promise<void>;
  /** Whether a tombstone is still there; strongly consistent. */
  hasTombstone(tombstone: Tombstone): Promise<boolean>;
};

/** So many items are deleted at once at most. */
export const MAX_BATCH = 25;
