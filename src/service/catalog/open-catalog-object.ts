import { createObjectReader } from "../../aws/read-object.ts";
import type { Environment } from "../../process/environment.ts";
import { catalogObjectLoader, type LoadedObject } from "./load-catalog-object.ts";

type Variables = Pick<Environment, "catalogObject" | "endpoints" | "region" | "hasCredentials">;

/** The object that CATALOG_URI names; undefined where it names none. */
export function openCatalogObject({
  catalogObject,
  endpoints,
  region,
  hasCredentials,
}: Variables): { uri: string; load: () => Promise<LoadedObject> } | undefined {
  if (catalogObject === undefined) return undefined;
  const { bucket, key } = catalogObject;
  const read = createObjectReader(catalogObject, { endpoint: endpoints.s3, region, hasCredentials });
  // Anyone may see the faults: they name the file, not the bucket.
  return { uri: `s3://${bucket}/${key}`, load: catalogObjectLoader(read, key) };
}
