import type { GetObjectCommandOutput, S3Client } from "@aws-sdk/client-s3";
import type { Place } from "./connection.ts";
import { createS3, failureOf, LATE, type ObjectName } from "./s3.ts";

/**
 * `reason` is for anyone; `cause` may name accounts and roles, and is for the log. `isMissing` where it is certain that
 * there is no object, which S3 tells to those alone who may list the bucket.
 */
export type ObjectRead =
  | { kind: "text"; text: string; etag: string }
  | { kind: "unchanged" }
  | { kind: "failed"; reason: string; cause: unknown; isMissing?: true };

/** Reads the object, unless it still has this ETag. Nothing that S3 does makes it throw. */
export type ObjectReader = (etag?: string) => Promise<ObjectRead>;

/** All attempts, the last byte of the body included. */
const DEADLINE_MS = 8_000;
/** A catalog of ten thousand courses has a tenth of it; anything larger is another file. */
const MAX_BYTES = 64 * 1024 * 1024;

/** A reader of one object in S3. */
export function createObjectReader({ bucket, key }: ObjectName, place: Place): ObjectReader {
  let client: Promise<S3Client> | undefined;
  return async (etag) => {
    const deadline = AbortSignal.timeout(DEADLINE_MS);
    try {
      // It is large, and most functions never read an object.
      const { GetObjectCommand } = await import("@aws-sdk/client-s3");
      client ??= createS3(place);
      const request = new GetObjectCommand({
        Bucket: bucket,
        Key: key,
        ...(etag !== undefined && { IfNoneMatch: etag }),
      });
      const answer = await (await client).send(request, { abortSignal: deadline });
      return await textOf(answer);
    } catch (error) {
      // A body that is cut off at the deadline looks like one that S3 cut off.
      return deadline.aborted ? { kind: "failed", reason: LATE, cause: error } : outcomeOf(error);
    }
  };
}

async function textOf({ Body, ETag, ContentLength }: GetObjectCommandOutput): Promise<ObjectRead> {
  if (ContentLength !== undefined && ContentLength > MAX_BYTES) {
    (Body as { destroy?(): void } | undefined)?.destroy?.();
    return { kind: "failed", reason: "It is too large to be a catalog.", cause: `${ContentLength} bytes` };
  }
  return { kind: "text", text: (await Body?.transformToString("utf-8")) ?? "", etag: ETag ?? "" };
}

function outcomeOf(error: unknown): ObjectRead {
  const { name, status, reason = "S3 did not give it." } = failureOf(error);
  if (status === 304) return { kind: "unchanged" };
  return { kind: "failed", reason, cause: error, ...(name === "NoSuchKey" && { isMissing: true as const }) };
}
