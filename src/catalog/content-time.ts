import * as z from "zod";
import { type Timestamp, TimestampInput } from "../model/time.ts";

const DAY = /^\d{4}-\d\d-\d\d$/;

/** A moment as content says it: a day, which begins at midnight in UTC, or an ISO 8601 time with a time zone. */
export const ContentTime = z
  .string({ error: "Expected a day such as 2026-03-01, or an ISO 8601 time with a time zone" })
  .transform((text): string => (DAY.test(text) ? `${text}T00:00:00Z` : text))
  .pipe(TimestampInput);

/** A span in which something is in force: from a moment on, until another; half-open, without a bound where one is missing. */
export type Span = { from?: Timestamp | undefined; until?: Timestamp | undefined };

export const isInForce = ({ from, until }: Span, at: Timestamp): boolean =>
  (from === undefined || from <= at) && (until === undefined || at < until);
