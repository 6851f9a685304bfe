import type { Environment } from "../process/environment.ts";
import type { Log } from "../process/log.ts";
import { openCatalogFile } from "../service/catalog/catalog-file.ts";
import { type CatalogSource, catalogSource } from "../service/catalog/catalog-source.ts";
import { loadContent } from "../service/catalog/load-content.ts";
import { faultyContent } from "./start-error.ts";
import { watchFolder } from "./watch-folder.ts";

/** Editors write a file in several steps. */
const SETTLE_MS = 200;
/** How long what is published may go unnoticed. */
const POLL_MS = 1_000;

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
 * The catalog of a service whose content is on this machine: what is published in its data folder, else the content
 * folder's. It takes new content while the service runs; a faulty one is reported, and the last good one stays.
 * @throws StartError where neither is good
 */
export async function openLocalCatalog(
  environment: Pick<Environment, "contentDir" | "store" | "dataDir">,
  log: Log,
): Promise<OpenCatalog> {
  const { contentDir: folder } = environment;
  const file = openCatalogFile(environment);
  const published = await file?.published();
  const first = published?.ok ? published : loadContent(folder);
  if (!first.ok) throw faultyContent(folder, first.faults);

  const source = catalogSource(first.catalog, async () => (await file?.published()) ?? loadContent(folder));
  const reload = async () => {
    const outcome = await source.reload();
    if (outcome === "changed") log.info("Catalog changed", { catalog_version: source.current().version });
    if (outcome === "refused")
      log.error("New content is faulty; the last good catalog stays", { faults: source.faults() });
  };
  const isRefused = published?.ok === false;
  if (isRefused) await reload();

  const reloading = afterPause(reload);
  const hinting = afterPause(() =>
    log.info("Content has changed, and what is published stands; npm run publish-catalog publishes it", {
      file: file?.name,
    }),
  );
  let watcher: { close(): void } | undefined;
  let timer: NodeJS.Timeout | undefined;
  return {
    source,
    description: describe(folder, file?.name, published),
    watch() {
      watcher = watchFolder(
        folder,
        () => (file?.isThere() ? hinting.begin() : reloading.begin()),
        (error) => log.warn("Content is watched for new folders only", { error: error.message }),
      );
      timer = setInterval(() => file?.hasChanged() && reloading.begin(), POLL_MS).unref();
    },
    freshen() {},
    close() {
      clearInterval(timer);
      for (const pause of [reloading, hinting]) pause.cancel();
      watcher?.close();
    },
  };
}

function describe(folder: string, file: string | undefined, published: { ok: boolean } | undefined): string {
  if (published === undefined) return folder;
  return published.ok ? `${file}, as published` : `${folder}, since ${file} cannot be used`;
}

/** Does something once, when nothing has begun it anew for a while. */
function afterPause(act: () => void | Promise<void>) {
  let timer: NodeJS.Timeout | undefined;
  return {
    begin() {
      clearTimeout(timer);
      timer = setTimeout(act, SETTLE_MS);
    },
    cancel: () => clearTimeout(timer),
  };
}
