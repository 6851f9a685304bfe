import type { Catalog } from "../../catalog/catalog.ts";
import type { LoadedCatalog } from "../../catalog/load.ts";
import type { CatalogVersions } from "../../store/catalog-versions.ts";
import { keptCatalog } from "./kept-catalog.ts";

/** The catalog by which flags are judged now. */
export type LiveCatalog = {
  version: string;
  /** Undefined where nothing tells any more what it said. */
  catalog: Catalog | undefined;
  /** For people: how it is known. */
  known: string;
};

type Sources = {
  /** What is published. */
  published: LoadedCatalog | undefined;
  /** The version that a running service says it works by. */
  running: string | undefined;
  /** The catalog in the content folder, where it is good. */
  folder: Catalog | undefined;
  store: Pick<CatalogVersions, "catalogVersions" | "catalogText">;
};

/**
 * What is published is live. Where nothing is, or what is there cannot be used, a running service tells what it works by;
 * else it is the version that a service first ran by last. Undefined where no service ever ran.
 */
export async function findLiveCatalog(sources: Sources): Promise<LiveCatalog | undefined> {
  const { published, running, store } = sources;
  if (published?.ok) {
    const { catalog } = published;
    return { version: catalog.version, catalog, known: "published" };
  }
  if (running !== undefined) return found(sources, running, "as the running service says");
  const newest = (await store.catalogVersions()).at(-1);
  return newest && found(sources, newest.version, "the newest that a service ran by");
}

async function found({ folder, store }: Sources, version: string, known: string): Promise<LiveCatalog> {
  if (folder?.version === version) return { version, catalog: folder, known };
  const kept = await keptCatalog(store, version);
  return { version, catalog: kept?.ok ? kept.catalog : undefined, known };
}
