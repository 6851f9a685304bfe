import { packCatalog } from "../../catalog/pack.ts";
import { toTimestamp } from "../../model/time.ts";
import { errorDetails, type Log } from "../../process/log.ts";
import type { CatalogVersions } from "../../store/catalog-versions.ts";
import type { CatalogSource } from "./catalog-source.ts";

type Dependencies = {
  store: Pick<CatalogVersions, "keepCatalog">;
  catalog: Pick<CatalogSource, "current">;
  log: Pick<Log, "warn">;
  now?: () => number;
};

/**
 * Keeps each catalog that a service runs by, since flags say which they were judged by, and nobody can ask a content
 * folder what it said last year.
 * @returns to be called at the start and beside requests; it does nothing where the current version is kept, and it never
 *   rejects: a version that could not be kept is tried again by the next call
 */
export function versionKeeper({ store, catalog, log, now = Date.now }: Dependencies): () => Promise<void> {
  let kept: string | undefined;
  let keeping: Promise<void> | undefined;
  const keep = async (): Promise<void> => {
    const current = catalog.current();
    try {
      await store.keepCatalog({ version: current.version, publishedAt: toTimestamp(now()) }, () =>
        packCatalog(current),
      );
      kept = current.version;
    } catch (error) {
      log.warn("This version of the catalog is not kept yet", {
        catalog_version: current.version,
        ...errorDetails(error),
      });
    } finally {
      keeping = undefined;
    }
  };
  return async () => {
    if (kept === catalog.current().version) return;
    keeping ??= keep();
    await keeping;
  };
}
