import type { S3Client } from "@aws-sdk/client-s3";
import type { Place } from "./connection.ts";
import { createS3, failureOf, LATE, type ObjectName } from "./s3.ts";

/** `changed`: another one has been put there since, and nothing was written. `reason` is for anyone. */
export type ObjectWritten =
  | { kind: "written" }
  | { kind: "changed" }
  | { kind: "failed"; reason: string; cause: unknown };

/** Puts a text in place of the object with this ETag; without one, where no object is. Nothing that S3 does makes it throw. */
export type ObjectWriter = (text: string, etag: string | undefined) => Promise<ObjectWritten>;

/** All attempts. */
const DEADLINE_MS = 30_000;

/** A writer of one JSON object in S3, which replaces what its caller has seen and nothing else. */
export function createObjectWriter({ bucket, key }: ObjectName, place: Place): ObjectWriter {
  let client: Promise<S3Client> | undefined;
  return async (text, etag) => {
    const deadline = AbortSignal.timeout(DEADLINE_MS);
    try {
      const { PutObjectCommand } = await import("@aws-sdk/client-s3");
      client ??= createS3(place);
      const request = new PutObjectCommand({
        Bucket: bucket,
        Key: key,
        Body: text,
        ContentType: "application/json",
        ...(etag === undefined ? { IfNoneMatch: "*" } : { IfMatch: etag }),
      });
      await (await client).send(request, { abortSignal: deadline });
      return { kind: "written" };
    } catch (error) {
      const { status, reason = "S3 did not take it." } = failureOf(error);
      // 409: two are written at this moment.
      if (status === 412 || status === 409) return { kind: "changed" };
      return { kind: "failed", reason: deadline.aborted ? LATE : reason, cause: error };
    }
  };
}
