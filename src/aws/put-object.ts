import type { Readable } from "node:stream";
import type { S3Client } from "@aws-sdk/client-s3";
import { connectionTo, type Place } from "./connection.ts";

export type NewObject = {
  key: string;
  body: string | Readable;
  /** Of the body, in bytes. */
  length: number;
  contentType: string;
  cacheControl?: string;
};

/** Writes an object, whole or not at all. @throws what S3 answers */
export type ObjectWriter = (object: NewObject) => Promise<void>;

/** For 5 GB, the most that S3 takes at once, over a slow line. */
const REQUEST_TIMEOUT_MS = 3_600_000;

/** A writer of objects into one bucket. */
export function createObjectWriter(bucket: string, place: Place): ObjectWriter {
  let client: Promise<S3Client> | undefined;
  return async ({ key, body, length, contentType, cacheControl }) => {
    const { PutObjectCommand } = await import("@aws-sdk/client-s3");
    client ??= createS3(place);
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

async function createS3(place: Place): Promise<S3Client> {
  const { S3Client } = await import("@aws-sdk/client-s3");
  return new S3Client({
    maxAttempts: 3,
    // TLS guards the way; a checksum behind the body would have a stream sent in pieces.
    requestChecksumCalculation: "WHEN_REQUIRED",
    ...connectionTo(place, REQUEST_TIMEOUT_MS),
    ...(place.endpoint !== undefined && { forcePathStyle: true }),
  });
}
