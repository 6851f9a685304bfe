import type { ObjectReader } from "../../aws/read-object.ts";
import type { LoadedCatalog } from "../../catalog/load.ts";
import { checkPacked } from "./check-packed.ts";

/** A catalog that was looked for in an object. `etag` is the newest that was seen; `cause` is for the log alone. */
export type LoadedObject = LoadedCatalog & { etag?: string | undefined; cause?: unknown };

/**
 * Looks for the catalog in an object. The object is fetched when its ETag is a new one, and checked then; what that
 * came to, good or bad, stands until the next new one. While it cannot be read, that is a fault too.
 * @param file what the faults call it
 */
export function catalogObjectLoader(read: ObjectReader, file: string): () => Promise<LoadedObject> {
  let etag: string | undefined;
  let newest: LoadedCatalog | undefined;

  return async () => {
    const object = await read(newest && etag);
    if (object.kind === "text") {
      newest = await checkPacked(object.text, file);
      etag = object.etag;
    }
    if (object.kind === "failed") {
      const refused = newest?.ok === false ? newest.faults : [];
      const faults = [...refused, { file, path: "", message: object.reason }];
      return { ok: false, faults, etag, cause: object.cause };
    }
    return { ...(newest as LoadedCatalog), etag };
  };
}
