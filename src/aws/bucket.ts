import { createWriteStream } from "node:fs";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import {
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import type { Place } from "./connection.ts";
import { s3At } from "./s3.ts";

const REQUEST_TIMEOUT_MS = 30_000;
const MAX_ATTEMPTS = 5;
/** As many as S3 deletes with one request. */
const KEYS_PER_DELETE = 1_000;

export type StoredObject = { text: string; etag: string };
export type ListedObject = { key: string; etag: string; bytes: number };

export type ByteRange = { from: number; to: number };

/** Objects under a prefix of a bucket; keys are behind that prefix. All reads are of what was last written. */
export type Bucket = {
  read(key: string): Promise<StoredObject | undefined>;
  /** The bytes of an object that is there: all, or those from a place on and before another. */
  bytes(key: string, range?: ByteRange): Promise<Uint8Array>;
  /**
   * @param was the ETag that the object must still have; null where there must be none; undefined where it does not matter
   * @returns the new ETag, or "lost" where the object was another
   */
  write(key: string, body: string | Uint8Array, was?: string | null): Promise<string | "lost">;
  /** In order of their keys. */
  list(prefix: string): AsyncGenerator<ListedObject>;
  remove(keys: readonly string[]): Promise<void>;
  download(key: string, path: string): Promise<void>;
  /** Begins an object that is sent in parts, each of 5 MiB at least but for the last. */
  upload(key: string): Promise<Upload>;
  close(): void;
};

/** There is no object until it is completed; what never is, the bucket's own rules take away. */
export type Upload = { part(body: Uint8Array): Promise<void>; complete(): Promise<void> };

export type BucketName = { bucket: string; prefix: string };

/** @throws what S3 answers, after a few attempts */
export function openBucket({ bucket: Bucket, prefix }: BucketName, place: Place): Bucket {
  const client = new S3Client({ maxAttempts: MAX_ATTEMPTS, ...s3At(place, REQUEST_TIMEOUT_MS) });
  const named = (key: string) => ({ Bucket, Key: prefix + key });
  const get = (key: string, range?: ByteRange) => {
    const Range = range && `bytes=${range.from}-${range.to - 1}`;
    return client.send(new GetObjectCommand({ ...named(key), Range }));
  };

  return {
    async read(key) {
      const found = await get(key).catch(undefinedWhereMissing);
      return found && { text: (await found.Body?.transformToString("utf-8")) ?? "", etag: found.ETag ?? "" };
    },

    bytes: async (key, range) => (await (await get(key, range)).Body?.transformToByteArray()) ?? new Uint8Array(),

    async write(key, Body, was) {
      const condition = was === null ? { IfNoneMatch: "*" } : { IfMatch: was };
      const put = new PutObjectCommand({ ...named(key), Body, ...(was !== undefined && condition) });
      return client.send(put).then(({ ETag }) => ETag ?? "", lostWhereOther);
    },

    async *list(within) {
      let after: string | undefined;
      do {
        const request = { Bucket, Prefix: prefix + within, ContinuationToken: after };
        const { Contents = [], NextContinuationToken } = await client.send(new ListObjectsV2Command(request));
        for (const { Key = "", ETag: etag = "", Size: bytes = 0 } of Contents)
          yield { key: Key.slice(prefix.length), etag, bytes };
        after = NextContinuationToken;
      } while (after !== undefined);
    },

    async remove(keys) {
      for (let from = 0; from < keys.length; from += KEYS_PER_DELETE) {
        const Objects = keys.slice(from, from + KEYS_PER_DELETE).map((key) => ({ Key: prefix + key }));
        await client.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects, Quiet: true } }));
      }
    },

    async download(key, path) {
      await pipeline((await get(key)).Body as Readable, createWriteStream(path));
    },

    async upload(key) {
      const { UploadId } = await client.send(new CreateMultipartUploadCommand(named(key)));
      const Parts: { PartNumber: number; ETag: string | undefined }[] = [];
      return {
        async part(Body) {
          const PartNumber = Parts.length + 1;
          const { ETag } = await client.send(new UploadPartCommand({ ...named(key), UploadId, PartNumber, Body }));
          Parts.push({ PartNumber, ETag });
        },
        async complete() {
          await client.send(
            new CompleteMultipartUploadCommand({ ...named(key), UploadId, MultipartUpload: { Parts } }),
          );
        },
      };
    },

    close: () => client.destroy(),
  };
}

function undefinedWhereMissing(error: Error): undefined {
  if (error.name !== "NoSuchKey") throw error;
}

/** 412 where the object was changed before, 409 where that happens at this moment, 404 where it was taken away. */
function lostWhereOther(error: Error & { $metadata?: { httpStatusCode?: number } }): "lost" {
  if (![404, 409, 412].includes(error.$metadata?.httpStatusCode ?? 0) || error.name === "NoSuchBucket") throw error;
  return "lost";
}
