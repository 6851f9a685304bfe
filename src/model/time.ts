import * as z from "zod";

/** A moment in UTC with milliseconds, `2026-01-18T10:15:00.000Z`: as text it sorts in order of time. */
export type Timestamp = string;

export const MINUTE_MS = 60_000;

const CANONICAL = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

/** Canonical, and on a day that its month has in every year. */
const SURELY_VALID =
  /^\d{4}-(?:(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])|(?:0[13-9]|1[0-2])-(?:29|30)|(?:0[13578]|1[02])-31)T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{3}Z$/;

export const toTimestamp = (date: Date | number): Timestamp => new Date(date).toISOString();

export const millisecondsOf = (timestamp: Timestamp): number => Date.parse(timestamp);

export const earliest = (a: Timestamp | undefined, b: Timestamp | undefined): Timestamp | undefined =>
  a === undefined || (b !== undefined && b < a) ? b : a;

/** Whether a stored value is a timestamp in the one form that we write. */
export const isTimestamp = (value: unknown): value is Timestamp => {
  if (typeof value !== "string") return false;
  // Most are, and a scan asks for each of millions.
  if (SURELY_VALID.test(value)) return true;
  if (!CANONICAL.test(value)) return false;
  const milliseconds = Date.parse(value);
  return !Number.isNaN(milliseconds) && toTimestamp(milliseconds) === value;
};

/**
 * A time as clients send it: ISO 8601 with `Z` or an offset, any precision. Normalised, because
 * `10:00:00Z` sorts after `10:00:00.500Z` as text.
 */
export const TimestampInput = z.iso
  .datetime({ offset: true, error: "Expected an ISO 8601 time with a time zone, such as 2026-01-18T10:15:00Z" })
  .transform((text) => toTimestamp(Date.parse(text)))
  .refine((text) => CANONICAL.test(text), { error: "Expected a time in the years 0000 to 9999" });
