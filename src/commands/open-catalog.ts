import type { Catalog } from "../catalog/catalog.ts";
import type { Environment } from "../process/environment.ts";
import type { Log } from "../process/log.ts";
import { noMetrics } from "../process/metrics.ts";
import { type CatalogSource, catalogSource } from "../service/catalog/catalog-source.ts";
import { loadContent } from "../service/catalog/load-content.ts";
import { openCatalogObject } from "../service/catalog/open-catalog-object.ts";
import { remoteCatalog } from "../service/catalog/remote-catalog.ts";
import { faultyContent } from "./start-error.ts";
import { watchFolder } from "./watch-folder.ts";

/** Editors write a file in several steps. */
const SETTLE_MS = 200;
/** As long as a Lambda does. */
const START_WAIT_MS = 2_000;

/** `description` says for people where it comes from. */
export type OpenCatalog = {
  source: CatalogSource;
  description: string;
  /** Begins to look for changes, once the service is up: a folder that is watched keeps a process alive. */
  watch(): void;
  /** To be called with every request. */
  freshen(): void;
  close(): void;
};

/**
 * The catalog of a service on this machine: of the content folder, or of the object that CATALOG_URI names, with the
 * folder's until the object can be read.
 * @throws StartError for faulty content
 */
export async function openCatalog(environment: Environment, log: Log): Promise<OpenCatalog> {
  const { contentDir, catalogTtlSeconds: ttlSeconds } = environment;
  const loaded = loadContent(contentDir);
  if (!loaded.ok) throw faultyContent(contentDir, loaded.faults);
  const object = openCatalogObject(environment);
  if (object === undefined) return openFolder(contentDir, loaded.catalog, log);

  const source = remoteCatalog(loaded.catalog, { load: object.load, ttlSeconds, log, metrics: noMetrics });
  await source.freshen(START_WAIT_MS);
  const description = source.faults().length === 0 ? object.uri : `${contentDir}, since ${object.uri} cannot be used`;
  return { source, description, watch() {}, freshen: () => void source.freshen(0), close() {} };
}

/** Takes new content while the service runs; a faulty one is reported, and the last good one stays. */
function openFolder(folder: string, first: Catalog, log: Log): OpenCatalog {
  const source = catalogSource(first, () => loadContent(folder));
  let timer: NodeJS.Timeout | undefined;
  const reload = async () => {
    const outcome = await source.reload();
    if (outcome === "changed") log.info("Catalog changed", { catalog_version: source.current().version });
    if (outcome === "refused")
      log.error("New content is faulty; the last good catalog stays", { faults: source.faults() });
  };
  const later = () => {
    clearTimeout(timer);
    timer = setTimeout(reload, SETTLE_MS);
  };
  let watcher: { close(): void } | undefined;
  return {
    source,
    description: folder,
    watch() {
      watcher = watchFolder(folder, later, (error) =>
        log.warn("Content is watched for new folders only", { error: error.message }),
      );
    },
    freshen() {},
    close() {
      clearTimeout(timer);
      watcher?.close();
    },
  };
}

/** The catalog that a command works by: one that cannot be had stops it. @throws StartError */
export async function readCatalog(environment: Environment): Promise<{ catalog: Catalog; description: string }> {
  const object = openCatalogObject(environment);
  const description = object?.uri ?? environment.contentDir;
  const loaded = object ? await object.load() : loadContent(environment.contentDir);
  if (!loaded.ok) throw faultyContent(description, loaded.faults);
  return { catalog: loaded.catalog, description };
}
