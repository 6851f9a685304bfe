import type { GetObjectCommandOutput, S3Client } from "@aws-sdk/client-s3";
import { connectionTo, type Place } from "./connection.ts";

export type ObjectName = { bucket: string; key: string };

/** `reason` is for anyone; `cause` may name accounts and roles, and is for the log. */
export type ObjectRead =
  | { kind: "text"; text: string; etag: string }
  | { kind: "unchanged" }
  | { kind: "failed"; reason: string; cause: unknown };

/** Reads the object, unless it still has this ETag. Nothing that S3 does makes it throw. */
export type ObjectReader = (etag?: string) => Promise<ObjectRead>;

const REQUEST_TIMEOUT_MS = 3_000;
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

async function createS3(place: Place): Promise<S3Client> {
  const { S3Client } = await import("@aws-sdk/client-s3");
  const connection = connectionTo(place, REQUEST_TIMEOUT_MS);
  return new S3Client({ maxAttempts: 2, ...connection, ...(place.endpoint !== undefined && { forcePathStyle: true }) });
}

async function textOf({ Body, ETag, ContentLength }: GetObjectCommandOutput): Promise<ObjectRead> {
  if (ContentLength !== undefined && ContentLength > MAX_BYTES) {
    (Body as { destroy?(): void } | undefined)?.destroy?.();
    return { kind: "failed", reason: "It is too large to be a catalog.", cause: `${ContentLength} bytes` };
  }
  return { kind: "text", text: (await Body?.transformToString("utf-8")) ?? "", etag: ETag ?? "" };
}

const DENIED = "Access to it is denied, or there is no such object.";
const ELSEWHERE = "Its bucket is in another region than this service.";
const LATE = "S3 did not answer in time.";
const REASONS: Record<string, string> = {
  NoSuchKey: "There is no such object.",
  NotFound: "There is no such object.",
  NoSuchBucket: "There is no such bucket.",
  AccessDenied: DENIED,
  Forbidden: DENIED,
  PermanentRedirect: ELSEWHERE,
  AuthorizationHeaderMalformed: ELSEWHERE,
  TimeoutError: LATE,
};
const REASONS_BY_STATUS: Record<number, string> = { 403: DENIED, 301: ELSEWHERE };

function outcomeOf(error: unknown): ObjectRead {
  const { name, $metadata } = error as { name?: string; $metadata?: { httpStatusCode?: number } };
  const status = $metadata?.httpStatusCode;
  if (status === 304) return { kind: "unchanged" };
  const reason = REASONS[name ?? ""] ?? REASONS_BY_STATUS[status ?? 0] ?? "S3 did not give it.";
  return { kind: "failed", reason, cause: error };
}
