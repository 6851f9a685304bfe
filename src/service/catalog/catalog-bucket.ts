import { createObjectReader, type ObjectRead } from "../../aws/read-object.ts";
import { createObjectWriter } from "../../aws/write-object.ts";
import type { Environment } from "../../process/environment.ts";
import type { CatalogPlace } from "./catalog-place.ts";
import { checkPacked } from "./check-packed.ts";
import { PublicationFault } from "./publication-fault.ts";

type Variables = Pick<Environment, "catalogObject" | "endpoints" | "region" | "hasCredentials">;

/** The object that CATALOG_URI names, as a place to publish in; undefined where it names none. */
export function openCatalogBucket(variables: Variables): CatalogPlace | undefined {
  const { catalogObject, endpoints, region, hasCredentials } = variables;
  if (catalogObject === undefined) return undefined;
  const name = `s3://${catalogObject.bucket}/${catalogObject.key}`;
  const place = { endpoint: endpoints.s3, region, hasCredentials };
  const [read, write] = [createObjectReader(catalogObject, place), createObjectWriter(catalogObject, place)];
  let etag: string | undefined;

  return {
    name,
    async published() {
      const object = await read();
      etag = object.kind === "text" ? object.etag : undefined;
      if (object.kind === "text") return checkPacked(object.text, catalogObject.key);
      if (object.kind === "failed" && object.isMissing) return undefined;
      throw cannot("read", name, object);
    },
    async publish(packed) {
      const written = await write(packed, etag);
      if (written.kind === "written" || (written.kind === "changed" && (await holds(packed)))) return;
      if (written.kind === "failed") throw cannot("written", name, written);
      throw new PublicationFault(
        `Somebody else has published in ${name} meanwhile, and nothing was written. Publish again, to see what differs now.`,
      );
    },
    async withdraw() {
      throw new PublicationFault(
        `What is published in ${name} stands until something else is. Publish content, or go back with --to=VERSION.`,
      );
    },
  };

  /** A write that was done, and whose answer was lost, finds its own object when it is tried again. */
  async function holds(packed: string): Promise<boolean> {
    const object = await read();
    return object.kind === "text" && object.text === packed;
  }
}

function cannot(what: string, name: string, object: ObjectRead | { reason: string }): PublicationFault {
  const { reason = "", cause } = object as { reason?: string; cause?: unknown };
  return new PublicationFault(
    `${name} cannot be ${what}. ${reason} What was published before stands. Look at CATALOG_URI, AWS_REGION, and the ` +
      "operator's policy (docs/deploy.md); then publish again.",
    { cause },
  );
}
