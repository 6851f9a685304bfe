import type { Identity } from "../model/identity.ts";
import type { LearnerId } from "../model/learner.ts";
import type { Link } from "../model/link.ts";
import type { Timestamp } from "../model/time.ts";
import type { Item } from "./items.ts";

/** Progress is what flags are derived from, records are the history. */
export type TableOf = "progress" | "records";

/** The key of an item; where a page ended, it is that of its last item. */
export type ItemKey = Record<string, unknown>;

/** All that is stored of one learner, whatever it is. Every method throws STORE_UNAVAILABLE when the store fails. */
export type LearnerItems = {
  /** Items of a table in order of their keys, as many as come in one answer; strongly consistent. */
  itemsPage(learnerId: LearnerId, table: TableOf, from?: ItemKey): Promise<{ items: Item[]; next?: ItemKey }>;
  /**
   * Learners who have items in a table, each once, in the order of a scan; a page may have fewer than `limit`, or none,
   * and more may follow all the same. Eventually consistent.
   */
  learnersPage(
    table: TableOf,
    page: { limit: number; from?: ItemKey | undefined },
  ): Promise<{ learnerIds: LearnerId[]; next?: ItemKey }>;
  /**
   * Keys of a table's items, as many as come in one answer, or at most `most`; none once all are deleted. Strongly
   * consistent.
   */
  someKeys(learnerId: LearnerId, table: TableOf, most?: number): Promise<ItemKey[]>;
  /** Deletes items, at most MAX_BATCH of them. */
  deleteItems(table: TableOf, keys: readonly ItemKey[]): Promise<void>;
  /** What is known of a learner's id, by one strongly consistent point read; empty for most. */
  identity(learnerId: LearnerId): Promise<Identity>;
  /**
   * What is known of many learners' ids, for those of which anything is; eventually consistent at half a unit each, or
   * consistent at one unit each.
   */
  identitiesAmong(
    learnerIds: readonly LearnerId[],
    reads?: { isConsistent: boolean },
  ): Promise<Map<LearnerId, Identity>>;
  /** Keeps a link with both of its ids, each in one write; once, however often it is kept. */
  addLink(link: Link): Promise<void>;
  /** Takes links away from an id. */
  dropLinks(learnerId: LearnerId, links: readonly Link[]): Promise<void>;
  /** Leaves a tombstone. @returns when the learner was deleted first */
  markDeleted(learnerId: LearnerId, deletedAt: Timestamp): Promise<Timestamp>;
};

/** So many items are deleted at once at most. */
export const MAX_BATCH = 25;
