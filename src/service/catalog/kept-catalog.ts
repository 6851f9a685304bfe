import type { LoadedCatalog } from "../../catalog/load.ts";
import type { CatalogVersions } from "../../store/catalog-versions.ts";
import { checkPacked } from "./check-packed.ts";

/** The catalog that was kept with a version, or what is wrong with it; undefined where there is none. */
export async function keptCatalog(
  store: Pick<CatalogVersions, "catalogText">,
  version: string,
): Promise<LoadedCatalog | undefined> {
  const text = await store.catalogText(version);
  return text === undefined ? undefined : checkPacked(text, `the kept version ${version}`);
}
