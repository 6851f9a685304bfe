import type { Catalog } from "../catalog/catalog.ts";
import type { Environment } from "../process/environment.ts";
import type { Log } from "../process/log.ts";
import { noMetrics } from "../process/metrics.ts";
import { openCatalogFile } from "../service/catalog/catalog-file.ts";
import { loadContent } from "../service/catalog/load-content.ts";
import { openCatalogObject } from "../service/catalog/open-catalog-object.ts";
import { remoteCatalog } from "../service/catalog/remote-catalog.ts";
import { type OpenCatalog, openLocalCatalog } from "./open-local-catalog.ts";
import { faultyContent } from "./start-error.ts";

/** As long as a Lambda does. */
const START_WAIT_MS = 2_000;

export type { OpenCatalog };

/**
 * The catalog of a service on this machine: what is published in its data folder or else the content folder's, or of the
 * object that CATALOG_URI names, with the content folder's until the object can be read.
 * @throws StartError for faulty content
 */
export async function openCatalog(environment: Environment, log: Log): Promise<OpenCatalog> {
  const { contentDir, catalogTtlSeconds: ttlSeconds } = environment;
  const object = openCatalogObject(environment);
  if (object === undefined) return openLocalCatalog(environment, log);
  const loaded = loadContent(contentDir);
  if (!loaded.ok) throw faultyContent(contentDir, loaded.faults);

  const source = remoteCatalog(loaded.catalog, { load: object.load, ttlSeconds, log, metrics: noMetrics });
  await source.freshen(START_WAIT_MS);
  const description = source.faults().length === 0 ? object.uri : `${contentDir}, since ${object.uri} cannot be used`;
  return { source, description, watch() {}, freshen: () => void source.freshen(0), close() {} };
}

/**
 * The catalog that a command works by: what is published where the service looks, else the content folder's. One that
 * cannot be had stops it.
 * @throws StartError
 */
export async function readCatalog(environment: Environment): Promise<{ catalog: Catalog; description: string }> {
  const { contentDir } = environment;
  const object = openCatalogObject(environment);
  const file = object ? undefined : openCatalogFile(environment);
  const published = await (object?.load() ?? file?.published());
  const description = published ? (object?.uri ?? file?.name ?? "") : contentDir;
  const loaded = published ?? loadContent(contentDir);
  if (!loaded.ok) throw faultyContent(description, loaded.faults);
  return { catalog: loaded.catalog, description };
}
