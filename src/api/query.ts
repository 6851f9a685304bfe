import type { Context } from "hono";
import * as z from "zod";
import { ATTEMPT_KINDS } from "../model/attempt.ts";
import { LearnerId } from "../model/learner.ts";
import { Slug } from "../model/slug.ts";
import { TimestampInput } from "../model/time.ts";
import { Cursor } from "./cursor.ts";
import { refuse } from "./refuse.ts";

const CURSOR_TEXT = "The next_cursor of the page before";

const MAX_PAGE = 1_000;
const DEFAULT_PAGE = 100;

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

export const PageParameters = z.object({ limit, cursor: Cursor.optional().describe(CURSOR_TEXT) });

export const CompletionsParameters = PageParameters.extend(range).refine(isRange, rangeFault);

/** Of courses and pathways, whose completions may end. */
export const HolderCompletionsParameters = PageParameters.extend({
  ...range,
  expiring_before: TimestampInput.optional().describe("Those alone that end before then, or have ended"),
}).refine(isRange, rangeFault);

export const HistoryParameters = z.object({
  limit,
  // Both are in one key.
  cursor: Cursor.refine(({ at, id }) => Buffer.byteLength(at + id) <= 1_000)
    .optional()
    .describe(CURSOR_TEXT),
  kind: z.enum(ATTEMPT_KINDS).optional().describe("Records of that kind alone"),
});

export const ReviewParameters = PageParameters.extend({
  due_before: TimestampInput.optional().describe("Cards that are due before then"),
});

const Slugs = z
  .string()
  .transform((text) => text.split(","))
  .pipe(z.array(Slug).max(MAX_PAGE))
  .meta({ type: "string", pattern: undefined });

export const CatalogParameters = z.object({
  version: z
    .string()
    .regex(/^[0-9a-f]{1,64}$/, { error: "Expected a catalog_version, as answers have it" })
    .optional()
    .describe("A version that was published before; without it, the current one"),
});

/** Without either, all are meant. */
export const SummaryParameters = z.object({
  courses: Slugs.optional().describe("The courses, by slug, with commas between them"),
  pathways: Slugs.optional().describe("The pathways, by slug, with commas between them"),
});

/** Of one entity of a learner. */
export const ExplainParameters = z.object({
  explain: z
    .enum(["true", "false"], { error: "Expected true or false" })
    .default("false")
    .describe("`true`: with everything that led to the flag"),
});

export const SlugParameter = z.object({ slug: Slug });
export const RunParameter = z.object({ run: z.string().max(300) });
export const LearnerParameter = z.object({ id: LearnerId });

/**
 * That a request has no parameters but those of its route, and each of them once: one that is ignored, like a misspelt
 * `since`, would be answered with more than was asked for.
 * @throws AppError SCHEMA_VALIDATION_FAILED that names every other one
 */
export function checkParameters(context: Context, query?: z.ZodObject): void {
  if (!context.req.url.includes("?")) return;
  const sent = new URL(context.req.url).searchParams;
  const known = Object.keys(query?.shape ?? {});
  const hint = known.length === 0 ? "this route takes none" : `this route takes ${known.join(", ")}`;
  const errors = [...new Set(sent.keys())].flatMap((name) => {
    if (!known.includes(name)) return [{ path: name, message: `Unknown parameter; ${hint}` }];
    return sent.getAll(name).length > 1 ? [{ path: name, message: "Sent more than once; send it once" }] : [];
  });
  if (errors.length > 0) refuse(errors);
}

/** @throws AppError SCHEMA_VALIDATION_FAILED that names every fault */
export function parse<T>(schema: z.ZodType<T>, value: unknown): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  return refuse(result.error.issues.map(({ path, message }) => ({ path: path.join("."), message })));
}
