import { existsSync } from "node:fs";
import type { Catalog } from "../catalog/catalog.ts";
import type { LoadedCatalog } from "../catalog/load.ts";
import type { Environment } from "../process/environment.ts";
import { openCatalogBucket } from "../service/catalog/catalog-bucket.ts";
import { openCatalogFile } from "../service/catalog/catalog-file.ts";
import type { CatalogPlace } from "../service/catalog/catalog-place.ts";
import { keptCatalog } from "../service/catalog/kept-catalog.ts";
import { loadContent } from "../service/catalog/load-content.ts";
import type { CatalogVersions } from "../store/catalog-versions.ts";
import { lineOf } from "./print-faults.ts";
import { StartError } from "./start-error.ts";

/** The command line, as the parser gives it. `to` is a version, or `content`. */
export type PublishArguments = {
  dryRun: boolean;
  yes: boolean;
  backfill: boolean;
  on: "here" | "aws";
  to?: string;
  maxRcu?: number;
  maxWcu?: number;
  outputDir: string;
  force: boolean;
};

/** What `--to` says for the content folder. */
export const CONTENT = "content";

/** Where it publishes: where the service looks. @throws StartError where that is not what the environment says */
export function placeFor({ on, to }: PublishArguments, environment: Environment): CatalogPlace {
  const bucket = openCatalogBucket(environment);
  if (on === "here") {
    const file = bucket ? undefined : openCatalogFile(environment);
    if (file !== undefined) return file;
    throw new StartError(
      bucket
        ? `CATALOG_URI is set, and so a service takes its catalog from ${bucket.name}. Publish there with --on=aws, or unset it.`
        : "With STORE=aws there is no service on this machine to publish for. Set CATALOG_URI, and give --on=aws.",
    );
  }
  if (bucket === undefined)
    throw new StartError(
      "--on=aws needs CATALOG_URI: the deployment's output CatalogUri, such as s3://bucket/catalog.json.",
    );
  if (environment.store.kind === "embedded")
    throw new StartError("--on=aws works on a deployment's tables, and STORE is embedded. Set STORE=aws.");
  if (to === CONTENT)
    throw new StartError(
      "--to=content is for a service on this machine, which follows its folder. On AWS leave --to out, to publish the folder.",
    );
  return bucket;
}

/** What the content folder says; undefined where that is not asked for. @throws StartError where there is no folder */
export function contentFor({ to = CONTENT }: PublishArguments, { contentDir }: Environment): LoadedCatalog | undefined {
  if (to !== CONTENT) return undefined;
  if (!existsSync(contentDir))
    throw new StartError(`There is no content in ${contentDir}. Set CONTENT_DIR to the folder that has it.`);
  return loadContent(contentDir);
}

/** So many of the kept versions are named, the newest. */
const NAMED = 10;

/** The kept catalog that is to be gone back to. @throws StartError where there is none that can be used */
export async function keptFor(
  version: string,
  store: Pick<CatalogVersions, "catalogText" | "catalogVersions">,
): Promise<Catalog> {
  const kept = await keptCatalog(store, version);
  if (kept?.ok) return kept.catalog;
  if (kept)
    throw new StartError(
      `The kept version ${version} cannot be published: ${kept.faults.map(lineOf).join("; ")} Publish its content again, from where it is kept.`,
    );
  const versions = await store.catalogVersions();
  const lines = versions.slice(-NAMED).map((one) => `  ${one.version}, since ${one.publishedAt}`);
  throw new StartError(
    [
      `No catalog of version ${version} was ever published here.`,
      ...(lines.length > 0 ? ["Give --to one of these:", ...lines] : ["None is kept yet: publish one, without --to."]),
    ].join("\n"),
  );
}
