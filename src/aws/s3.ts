import type { S3Client, S3ClientConfig } from "@aws-sdk/client-s3";
import { connectionTo, type Place } from "./connection.ts";

export type ObjectName = { bucket: string; key: string };

const REQUEST_TIMEOUT_MS = 3_000;

/** How a client of S3 finds it; what stands in for S3 has its buckets in paths. @param requestTimeout milliseconds */
export const s3At = (place: Place, requestTimeout: number): S3ClientConfig => ({
  ...connectionTo(place, requestTimeout),
  ...(place.endpoint !== undefined && { forcePathStyle: true }),
});

/** A client of S3. Its code is large, and most processes never need it, so it is loaded here and not before. */
export async function createS3(
  place: Place,
  { requestTimeout = REQUEST_TIMEOUT_MS, ...more }: S3ClientConfig & { requestTimeout?: number } = {},
): Promise<S3Client> {
  const { S3Client } = await import("@aws-sdk/client-s3");
  return new S3Client({ maxAttempts: 2, ...s3At(place, requestTimeout), ...more });
}

const DENIED = "Access to it is denied, or there is no such object.";
const ELSEWHERE = "Its bucket is in another region than this service.";
export const LATE = "S3 did not answer in time.";
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

/** What S3 answered in place of doing what it was asked; `reason` is for anyone, undefined where it is no usual one. */
export function failureOf(error: unknown): { name: string; status: number | undefined; reason: string | undefined } {
  const { name = "", $metadata } = error as { name?: string; $metadata?: { httpStatusCode?: number } };
  const status = $metadata?.httpStatusCode;
  return { name, status, reason: REASONS[name] ?? REASONS_BY_STATUS[status ?? 0] };
}
