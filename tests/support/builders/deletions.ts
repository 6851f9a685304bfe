import { Deletions } from "../../../src/service/deletion/deletions.ts";
import type { Store } from "../../../src/store/store.ts";

/** Deletions of a store where nobody is ever deleted: they ask it nothing. */
export const nobodyDeleted = (store: Store): Deletions =>
  new Deletions({ store: { ...store, tombstones: async () => [] }, log: { info() {} }, now: () => 0 });
