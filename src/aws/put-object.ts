import type { Readable } from "node:stream";
import type { S3Client } from "@aws-sdk/client-s3";
import type { Place } from "./connection.ts";
import { createS3 } from "./s3.ts";

export type NewObject = {
  key: string;
  body: string | Readable;
  /** Of the body, in bytes. */
  length: number;
  contentType: string;
  cacheControl?: string;
};

/** Writes an object, whole or not at all. @throws what S3 answers */
export type PutObject = (object: NewObject) => Promise<void>;

/** For 5 GB, the most that S3 takes at once, over a slow line. */
const REQUEST_TIMEOUT_MS = 3_600_000;
// TLS guards the way; a checksum behind the body would have a stream sent in pieces.
const CLIENT = {
  requestTimeout: REQUEST_TIMEOUT_MS,
  maxAttempts: 3,
  requestChecksumCalculation: "WHEN_REQUIRED",
} as const;

/** Puts objects into one bucket. */
export function putObjectsInto(bucket: string, place: Place): PutObject {
  let client: Promise<S3Client> | undefined;
  return async ({ key, body, length, contentType, cacheControl }) => {
    const { PutObjectCommand } = await import("@aws-sdk/client-s3");
    client ??= createS3(place, CLIENT);
    await (await client).send(
      new PutObjectCommand({
        Bucket: bucket,
        Key: key,
        Body: body,
        ContentLength: length,
        ContentType: contentType,
        ...(cacheControl !== undefined && { CacheControl: cacheControl }),
      }),
    );
  };
}
