import * as z from "zod";
import { Slug } from "../slug.ts";
import { Text } from "../text.ts";
import { TimestampInput } from "../time.ts";

/** What every event may say besides its own fields. Field names are those of the wire. */
export const COMMON_FIELDS = {
  ts: TimestampInput.optional(),
  course_slug: Slug.optional(),
  pathway_slug: Slug.optional(),
  enrollment_source: Text(200).optional(),
};

/** 0 to 100, in millionths. */
export const Score = z
  .number({ error: "Expected a number" })
  .min(0, { error: "Expected 0 to 100" })
  .max(100, { error: "Expected 0 to 100" })
  .transform((score) => Math.round(score * 1e6) / 1e6);

export const Count = z.int({ error: "Expected a whole number" }).min(0);

/** An id of the client's own, of an event, a session or an item; `#` separates the parts of a table's key. */
export const ClientId = z
  .string()
  .regex(/^[!-"$-~]{1,128}$/, { error: "Expected 1 to 128 printable ASCII characters without spaces or #" });
