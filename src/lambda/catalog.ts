import content from "waymark:content";
import { unpackCatalog } from "../catalog/pack.ts";
import type { Environment } from "../process/environment.ts";
import type { Log } from "../process/log.ts";
import type { Metrics } from "../process/metrics.ts";
import { fixedCatalog } from "../service/catalog/catalog-source.ts";
import { openCatalogObject } from "../service/catalog/open-catalog-object.ts";
import { type RemoteCatalog, remoteCatalog } from "../service/catalog/remote-catalog.ts";

/** How long a function that starts waits for the object before it goes on with the bundled catalog. */
export const START_WAIT_MS = 2_000;
/** How long an answer that is ready waits for a look that was begun beside it. */
export const ANSWER_WAIT_MS = 1_000;

/** The catalog in the bundle, until the one that CATALOG_URI names has been read. */
export function openLambdaCatalog(environment: Environment, log: Log, metrics: Metrics): RemoteCatalog {
  const bundled = unpackCatalog(content);
  const object = openCatalogObject(environment);
  if (object === undefined) return { ...fixedCatalog(bundled), freshen: async () => {} };
  return remoteCatalog(bundled, { load: object.load, ttlSeconds: environment.catalogTtlSeconds, log, metrics });
}
