import type { ItemKey, TableOf } from "./learner-items.ts";

/** An item that belongs into a list of an index and is in none, since an earlier release wrote it; and into which it belongs. */
export type UnlistedItem = { key: ItemKey; list: string };

export type UnlistedPage = { seen: number; unlisted: UnlistedItem[]; next: ItemKey | undefined };

/** What brings a store's items to lists that its indexes did not have once. */
export type Unlisted = {
  /** A page of one of `segments` parts of a table; eventually consistent: what is written now is written with its list. */
  page(table: TableOf, part: { segment: number; segments: number; from: ItemKey | undefined }): Promise<UnlistedPage>;
  /** Brings an item to its list. "gone" where it no longer belongs there. */
  list(table: TableOf, item: UnlistedItem): Promise<"written" | "gone">;
};
