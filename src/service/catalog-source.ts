import type { Catalog } from "../catalog/catalog.ts";
import type { LoadedCatalog } from "../catalog/load.ts";
import type { ContentFault } from "../catalog/read-content.ts";

/** Where a running service takes its catalog from. A faulty new one is reported, and the last good one stays. */
export type CatalogSource = {
  current(): Catalog;
  /** What is wrong with the newest content; empty while the current catalog is the newest. */
  faults(): readonly ContentFault[];
  /** Looks again, and says what came of it. */
  reload(): "changed" | "unchanged" | "refused";
};

/** @param load tried again at every reload */
export function catalogSource(first: Catalog, load: () => LoadedCatalog): CatalogSource {
  let current = first;
  let faults: readonly ContentFault[] = [];
  return {
    current: () => current,
    faults: () => faults,
    reload() {
      const loaded = load();
      faults = loaded.ok ? [] : loaded.faults;
      if (!loaded.ok) return "refused";
      if (loaded.catalog.version === current.version) return "unchanged";
      current = loaded.catalog;
      return "changed";
    },
  };
}
