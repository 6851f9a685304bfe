import * as z from "zod";
import { AppError, type InputFault } from "../model/errors.ts";
import { LearnerId } from "../model/learner.ts";
import { Slug } from "../model/slug.ts";
import { Text } from "../model/text.ts";
import { TimestampInput } from "../model/time.ts";
import type { PageCursor } from "../service/read/read-records.ts";
import type { CompletionCursor } from "../store/completions.ts";
import type { AttemptCursor } from "../store/record-store.ts";

const CURSOR_TEXT = "The next_cursor of the page before";

const MAX_PAGE = 1_000;
const DEFAULT_PAGE = 100;

/** As much as a table takes for a key. */
const KeyText = (bytes: number) => Text(bytes).refine((text) => Buffer.byteLength(text) <= bytes);

// Where a page ended, whatever stands there: a page may end at a time or a learner that we would not have written.
const Cursor = z.codec(z.base64url(), z.tuple([KeyText(1_024), KeyText(2_048)]), {
  decode: (text) => {
    try {
      return JSON.parse(Buffer.from(text, "base64url").toString("utf8"));
    } catch {
      return [];
    }
  },
  encode: (value) => Buffer.from(JSON.stringify(value)).toString("base64url"),
});

export const encodeCursor = ({ completedAt, learnerId }: CompletionCursor): string =>
  Cursor.encode([completedAt, learnerId]);
export const encodeAttemptCursor = ({ occurredAt, eventId }: AttemptCursor): string =>
  Cursor.encode([occurredAt, eventId]);
export const encodePageCursor = ({ at, id }: PageCursor): string => Cursor.encode([at, id]);

const limit = z
  .string()
  .regex(/^\d{1,6}$/, { error: "Expected a whole number" })
  .transform(Number)
  .pipe(z.int().min(1).max(MAX_PAGE))
  .default(DEFAULT_PAGE)
  // It comes as text, and is a number to whoever sends it.
  .meta({
    type: "integer",
    minimum: 1,
    maximum: MAX_PAGE,
    default: DEFAULT_PAGE,
    pattern: undefined,
    description: "The size of a page",
  });

const range = {
  since: TimestampInput.optional().describe("From then on"),
  until: TimestampInput.optional().describe("Until then, and not then"),
};
const isRange = ({ since, until }: { since?: string | undefined; until?: string | undefined }) =>
  since === undefined || until === undefined || since < until;
const rangeFault = { path: ["until"], error: "Expected a time after since" };

/** `since` is inside the range, `until` is not. */
export const RangeParameters = z.object(range).refine(isRange, rangeFault);

export const CompletionsParameters = z
  .object({
    ...range,
    limit,
    cursor: Cursor.transform(([completedAt, learnerId]): CompletionCursor => ({ completedAt, learnerId }))
      .optional()
      .describe(CURSOR_TEXT),
  })
  .refine(isRange, rangeFault);

export const HistoryParameters = z.object({
  limit,
  // Both are in one key.
  cursor: Cursor.refine((parts) => Buffer.byteLength(parts.join("")) <= 1_000)
    .transform(([occurredAt, eventId]): AttemptCursor => ({ occurredAt, eventId }))
    .optional()
    .describe(CURSOR_TEXT),
});

export const PageParameters = z.object({
  limit,
  cursor: Cursor.transform(([at, id]): PageCursor => ({ at, id }))
    .optional()
    .describe(CURSOR_TEXT),
});
export const ReviewParameters = PageParameters.extend({
  due_before: TimestampInput.optional().describe("Cards that are due before then"),
});

const Slugs = z
  .string()
  .transform((text) => text.split(","))
  .pipe(z.array(Slug).max(MAX_PAGE))
  .meta({ type: "string", pattern: undefined });

/** Without either, all are meant. */
export const SummaryParameters = z.object({
  courses: Slugs.optional().describe("The courses, by slug, with commas between them"),
  pathways: Slugs.optional().describe("The pathways, by slug, with commas between them"),
});

export const SlugParameter = z.object({ slug: Slug });
export const LearnerParameter = z.object({ id: LearnerId });

/** @throws AppError SCHEMA_VALIDATION_FAILED that names every fault */
export function parse<T>(schema: z.ZodType<T>, value: unknown): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const errors: InputFault[] = result.error.issues.map(({ path, message }) => ({ path: path.join("."), message }));
  throw new AppError("SCHEMA_VALIDATION_FAILED", "The request does not have the expected form.", { errors });
}
