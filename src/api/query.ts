import * as z from "zod";
import { AppError, type InputFault } from "../model/errors.ts";
import { LearnerId } from "../model/learner.ts";
import { Slug } from "../model/slug.ts";
import { Text } from "../model/text.ts";
import { TimestampInput } from "../model/time.ts";
import type { CompletionCursor } from "../store/store.ts";

const MAX_PAGE = 1_000;
const DEFAULT_PAGE = 100;

// Where a page ended, whatever stands there: a page may end at a time or a learner that we would not have written.
const Cursor = z.codec(z.base64url(), z.tuple([Text(1_024), Text(2_048)]), {
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

/** `since` is inside the range, `until` is not. */
export const CompletionsParameters = z
  .object({
    since: TimestampInput.optional(),
    until: TimestampInput.optional(),
    limit: z
      .string()
      .regex(/^\d{1,6}$/, { error: "Expected a whole number" })
      .transform(Number)
      .pipe(z.int().min(1).max(MAX_PAGE))
      .default(DEFAULT_PAGE),
    cursor: Cursor.transform(([completedAt, learnerId]): CompletionCursor => ({ completedAt, learnerId })).optional(),
  })
  .refine(({ since, until }) => since === undefined || until === undefined || since < until, {
    path: ["until"],
    error: "Expected a time after since",
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
