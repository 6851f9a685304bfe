import type { ClientFiles } from "../api/client-file.ts";
import { openApiText } from "../api/openapi-text.ts";
import { OPEN_API, SITE_FILES } from "../api/site-files.ts";
import { type NewObject, putObjectsInto } from "../aws/put-object.ts";
import { readEnvironment } from "../process/environment.ts";
import { buildClient } from "./build-client.ts";

/** The files of a site as objects of its bucket: what the service would serve at the same path, under the same headers. */
export const siteObjects = (client: ClientFiles, openApi: string): NewObject[] =>
  SITE_FILES.map(({ path, type, cacheControl }) => {
    const body = path === OPEN_API ? openApi : client[path];
    if (body === undefined) throw new TypeError(`Nothing was built for ${path}`);
    return { key: path.slice(1), body, length: Buffer.byteLength(body), contentType: type, cacheControl };
  });

/**
 * Builds the files for browsers and puts them into the site's bucket, overwriting what is there. Caches ask again by
 * themselves: after five minutes for the client, at once for pages.
 * @returns the exit code
 * @throws what S3 answers
 */
export async function publishPages({ bucket, dryRun }: { bucket: string; dryRun: boolean }): Promise<number> {
  const { endpoints, region, hasCredentials } = readEnvironment();
  const put = putObjectsInto(bucket, { endpoint: endpoints.s3, region, hasCredentials });
  for (const object of siteObjects(await buildClient(), openApiText())) {
    if (!dryRun) await put(object);
    const { key, length, contentType, cacheControl } = object;
    console.log(`  ${`/${key}`.padEnd(22)}${String(length).padStart(8)} bytes  ${contentType}; ${cacheControl}`);
  }
  console.log(dryRun ? `Nothing was put into ${bucket}. Run again without --dry-run.` : `They are in ${bucket}.`);
  return 0;
}
