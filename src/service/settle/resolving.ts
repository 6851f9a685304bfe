import type { Catalog } from "../../catalog/catalog.ts";
import { resolveProgress } from "../../completion/resolve-progress.ts";
import type { Reading } from "../../store/items.ts";
import type { Store } from "../../store/store.ts";

/** What was read, with what is stored under aliases as the catalog means it. Items keep the keys that they have. */
export const resolvedReading = (catalog: Catalog, reading: Reading): Reading => ({
  ...reading,
  progress: resolveProgress(catalog, reading.progress),
});

/** A store whose readings are those of a catalog. All else it takes from the store, of which a copy would cost each event time. */
export const resolving = (catalog: Catalog, store: Store): Store => {
  const read: Store["read"] = async (learnerId) => resolvedReading(catalog, await store.read(learnerId));
  return Object.create(store, { read: { value: read, enumerable: true } });
};
