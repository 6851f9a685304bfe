import type { Catalog, Definitions } from "../../catalog/catalog.ts";
import { AppError } from "../../model/errors.ts";
import type { CatalogVersions } from "../../store/catalog-versions.ts";

/** What a catalog says, of whatever version. */
export type PublishedCatalog = Definitions & { version: string };

/** What the catalog of a version said. @throws AppError NOT_FOUND for one that was never published */
export async function publishedCatalog(
  store: Pick<CatalogVersions, "catalogText">,
  current: Catalog,
  version: string = current.version,
): Promise<PublishedCatalog> {
  if (version === current.version) return current;
  const text = await store.catalogText(version);
  if (text === undefined) throw new AppError("NOT_FOUND", `No catalog of version ${version} was ever published here.`);
  return JSON.parse(text) as PublishedCatalog;
}
