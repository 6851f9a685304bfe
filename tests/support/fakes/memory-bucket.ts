import { createHash } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { setImmediate as others } from "node:timers/promises";
import type { Bucket, Upload } from "../../../src/aws/bucket.ts";
import { KEYS_PER_PAGE, MIN_PART } from "./s3-bucket.ts";

type Kept = { body: Buffer; etag: string };

/**
 * A bucket as `src/aws/bucket.ts` opens one, in this process: of a job on it nearly all time would be spent on requests to
 * S3. `tests/aws/bucket.test.ts` holds both to the same. Between any two calls others have their turn, as with S3.
 */
export function memoryBucket(): { bucket: Bucket; objects: Map<string, Kept> } {
  const objects = new Map<string, Kept>();
  const put = (key: string, given: string | Uint8Array): string => {
    const body = Buffer.from(given as Uint8Array);
    const etag = `"${createHash("md5").update(body).digest("hex")}"`;
    objects.set(key, { body, etag });
    return etag;
  };
  const get = async (key: string): Promise<Kept> => {
    await others();
    const found = objects.get(key);
    if (found === undefined) throw Object.assign(new Error("NoSuchKey"), { name: "NoSuchKey" });
    return found;
  };
  const pageOf = async (prefix: string, after: string) => {
    await others();
    const keys = [...objects.keys()].filter((key) => key.startsWith(prefix) && key > after).sort();
    return keys.slice(0, KEYS_PER_PAGE).map((key) => ({ key, ...(objects.get(key) as Kept) }));
  };

  const bucket: Bucket = {
    async read(key) {
      await others();
      const found = objects.get(key);
      return found && { text: found.body.toString(), etag: found.etag };
    },
    bytes: async (key, range) => new Uint8Array((await get(key)).body.subarray(range?.from, range?.to)),
    async write(key, body, was) {
      await others();
      const isOther = was !== undefined && (objects.get(key)?.etag ?? null) !== was;
      return isOther ? "lost" : put(key, body);
    },
    async *list(prefix) {
      let page = await pageOf(prefix, "");
      while (page.length > 0) {
        for (const { key, etag, body } of page) yield { key, etag, bytes: body.length };
        if (page.length < KEYS_PER_PAGE) return;
        page = await pageOf(prefix, page.at(-1)?.key ?? "");
      }
    },
    async remove(keys) {
      await others();
      for (const key of keys) objects.delete(key);
    },
    download: async (key, path) => writeFile(path, (await get(key)).body),
    async upload(key): Promise<Upload> {
      await others();
      const parts: Buffer[] = [];
      return {
        async part(body) {
          await others();
          parts.push(Buffer.from(body));
        },
        async complete() {
          await others();
          if (parts.slice(0, -1).some((part) => part.length < MIN_PART)) throw new Error("EntityTooSmall");
          put(key, Buffer.concat(parts));
        },
      };
    },
    close() {},
  };
  return { bucket, objects };
}
