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

// Multiplying leaves a hair too little of what is a whole number of millionths.
const HAIR = 1e-6;

/** In millionths, never more than it is: 79.9999999 must not pass 80. */
const inMillionths = (score: number): number => Math.floor(score * 1e6 + HAIR) / 1e6;

const Scale = z
  .object({ raw: z.number(), min: z.number().default(0), max: z.number() })
  .refine(({ min, max }) => min < max, { path: ["max"], error: "Expected more than min" })
  .refine(({ raw, min }) => raw >= min, { path: ["raw"], error: "Expected min or more" })
  .transform(({ raw, min, max }) => (100 * (raw - min)) / (max - min));

/** 0 to 100, or how far `raw` is from `min` to `max`. More than 100 is taken as it is sent, and counts as 100. */
export const Score = z
  .union([z.number().min(0), Scale], { error: "Expected 0 to 100, or {raw, min, max}" })
  .transform(inMillionths)
  .refine((score) => Number.isFinite(score), { error: "Expected 0 to 100" });

/** What a score counts as. */
export const counted = (score: number): number => Math.min(score, 100);

/** Answers by question: as an object, or as a list of `{id, value}`. */
export const Answers = z.union(
  [
    z.record(z.string(), z.unknown()),
    z
      .array(z.object({ id: z.string(), value: z.unknown() }))
      .refine((list) => new Set(list.map(({ id }) => id)).size === list.length)
      .transform((list): Record<string, unknown> => Object.fromEntries(list.map(({ id, value }) => [id, value]))),
  ],
  { error: "Expected an object from question to answer, or a list of {id, value}, each question once" },
);

const REASON = { error: "Expected the reason, as text" };

/** Why a person decided so. */
export const Reason = z.string(REASON).trim().min(1, REASON).pipe(Text(500));

/** Takes back what was decided so before. */
export const Withdrawn = z.literal(true, { error: "Expected true" }).optional();

export const Count = z.int({ error: "Expected a whole number" }).min(0);

const CLIENT_ID = { error: "Expected 1 to 128 printable ASCII characters without spaces or #" };

/** An id of the client's own, of an event, a session or an item; `#` separates the parts of a table's key. */
export const ClientId = z.string(CLIENT_ID).regex(/^[!-"$-~]{1,128}$/, CLIENT_ID);
