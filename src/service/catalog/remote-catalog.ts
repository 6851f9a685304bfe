import { setTimeout as sleep } from "node:timers/promises";
import type { Catalog } from "../../catalog/catalog.ts";
import { errorDetails, type Log } from "../../process/log.ts";
import type { Metrics } from "../../process/metrics.ts";
import { type CatalogSource, catalogSource } from "./catalog-source.ts";
import type { LoadedObject } from "./load-catalog-object.ts";

/** A catalog that changes elsewhere, and is looked at again while requests come. */
export type RemoteCatalog = CatalogSource & {
  /**
   * Looks again, unless a look is under way or the last one began less than the TTL ago. Who begins a look waits until
   * it is over, `waitMs` at most: a Lambda freezes after its answer, and what is left to the next request may find its
   * connection gone. Even then nothing is lost but that look. Never rejects.
   */
  freshen(waitMs: number): Promise<void>;
};

type Options = {
  load: () => Promise<LoadedObject>;
  ttlSeconds: number;
  log: Log;
  metrics: Pick<Metrics, "add">;
  now?: () => number;
};

/** @param first what stands until a good one has been read */
export function remoteCatalog(
  first: Catalog,
  { load, ttlSeconds, log, metrics, now = Date.now }: Options,
): RemoteCatalog {
  let reported = "";
  // What is wrong is said once for each object and fault, not at every look.
  const report = (loaded: LoadedObject) => {
    const faults = loaded.ok ? "" : JSON.stringify([loaded.etag, loaded.faults]);
    if (faults === reported) return;
    reported = faults;
    if (loaded.ok) return log.info("The catalog is read again", { etag: loaded.etag });
    metrics.add({ CatalogRefused: 1 });
    const cause = loaded.cause === undefined ? {} : errorDetails(loaded.cause);
    log.error("The new catalog is refused; the last good one stays", {
      faults: loaded.faults,
      etag: loaded.etag,
      ...cause,
    });
  };
  const source = catalogSource(first, async () => {
    const loaded = await load();
    report(loaded);
    return loaded;
  });

  let looking = false;
  let lookedAt = Number.NEGATIVE_INFINITY;
  const look = async () => {
    try {
      const outcome = await source.reload();
      if (outcome === "changed") log.info("Catalog changed", { catalog_version: source.current().version });
    } catch (error) {
      log.error("The catalog could not be looked at", errorDetails(error));
    } finally {
      looking = false;
    }
  };
  return {
    ...source,
    async freshen(waitMs) {
      if (looking || now() - lookedAt < ttlSeconds * 1_000) return;
      looking = true;
      lookedAt = now();
      const patience = new AbortController();
      await Promise.race([look(), sleep(waitMs, undefined, { signal: patience.signal }).catch(() => {})]);
      patience.abort();
    },
  };
}
