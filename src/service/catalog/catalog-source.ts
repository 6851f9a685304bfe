import type { Catalog } from "../../catalog/catalog.ts";
import type { LoadedCatalog } from "../../catalog/load.ts";
import type { ContentFault } from "../../catalog/read-content.ts";
import { toTimestamp } from "../../model/time.ts";

/** Where a running service takes its catalog from. A faulty new one is reported, and the last good one stays. */
export type CatalogSource = {
  current(): Catalog;
  /** What is wrong with the newest content; empty while the current catalog is the newest. */
  faults(): readonly ContentFault[];
  /** Looks again, and says what came of it. Who asks during a look waits for that one. */
  reload(): Promise<"changed" | "unchanged" | "refused">;
};

/** @param load tried again at every reload; never twice at a time */
export function catalogSource(first: Catalog, load: () => LoadedCatalog | Promise<LoadedCatalog>): CatalogSource {
  let current = first;
  let faults: readonly ContentFault[] = [];
  let loading: ReturnType<CatalogSource["reload"]> | undefined;

  const look: CatalogSource["reload"] = async () => {
    const loaded = await load();
    faults = loaded.ok ? [] : loaded.faults;
    if (!loaded.ok) return "refused";
    if (loaded.catalog.version === current.version) return "unchanged";
    current = loaded.catalog;
    return "changed";
  };
  return {
    current: () => current,
    faults: () => faults,
    reload() {
      loading ??= look().finally(() => {
        loading = undefined;
      });
      return loading;
    },
  };
}

/** The catalog as it is asked at a moment: what comes into force later is not looked at yet. */
export const catalogNow = (source: Pick<CatalogSource, "current">, now: () => number = Date.now): Catalog =>
  source.current().at(toTimestamp(now()));

/** For those whose catalog never changes. */
export const fixedCatalog = (catalog: Catalog): CatalogSource => catalogSource(catalog, () => ({ ok: true, catalog }));
