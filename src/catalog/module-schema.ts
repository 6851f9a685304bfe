import * as z from "zod";
import { MAX_DEFINED, MAX_RESULTS } from "../model/result.ts";
import { Slug } from "../model/slug.ts";
import { schemaFaults } from "./completion-data.ts";
import { ContentTime } from "./content-time.ts";
import { completionSchema } from "./parse-spec.ts";
import type { RuleSpec } from "./rule-spec.ts";
import { UNTYPED } from "./untyped.ts";

const Percent = z.number().min(0).max(100);
const STEP = z.string().min(1).max(200);

const Task = z
  .object({
    task_slug: Slug,
    task_type: z.string().min(1).default(UNTYPED),
    required: z.boolean().default(true),
    passing_score: Percent.optional(),
    max_attempts: z.int().positive().max(MAX_RESULTS).optional(),
    trusted: z.boolean().default(false),
  })
  .transform(
    ({
      task_slug: slug,
      task_type: type,
      required,
      passing_score: passingScore,
      max_attempts: maxAttempts,
      trusted,
    }) => ({
      slug,
      type,
      required,
      passingScore,
      maxAttempts,
      trusted,
    }),
  );
export type Task = z.infer<typeof Task>;

const ScoreCondition = z
  .object({
    passing_score: Percent,
    trusted: z.boolean().default(false),
    weights: z
      .record(Slug, z.number().min(0))
      .refine((weights) => Object.values(weights).some((weight) => weight > 0), { error: "Expected a weight above 0" })
      .refine((weights) => Object.keys(weights).length <= MAX_DEFINED, {
        error: `Expected at most ${MAX_DEFINED} weights`,
      }),
  })
  .transform(({ passing_score: passingScore, trusted, weights }) => ({ passingScore, trusted, weights }));
export type ScoreCondition = z.infer<typeof ScoreCondition>;

const ReviewItem = z.object({ id: z.string().regex(/^[!-"$-~]{1,128}$/), front: z.string(), back: z.string() });
export type ReviewItem = z.infer<typeof ReviewItem>;

const twice = <T>(items: readonly T[], keyOf: (item: T) => string) =>
  items.map(keyOf).find((key, index, keys) => keys.indexOf(key) < index);

const unique = <T>(list: string, keyOf: (item: T) => string) => ({
  check: (items: readonly T[]) => twice(items, keyOf) === undefined,
  message: { error: `Something is twice among the ${list}` },
});
const uniqueTasks = unique<Task>("tasks", ({ slug }) => slug);
const uniqueSteps = unique<string>("steps", (step) => step);
const uniqueItems = unique<ReviewItem>("review items", ({ id }) => id);

/** modules/<slug>/completion.json; all of it may be missing, and then a module is complete when it is marked so. */
export const moduleFile = (rules: readonly RuleSpec[]) =>
  z
    .object({
      title: z.string().optional(),
      optional: z.boolean().default(false),
      aliases: z.array(Slug).default([]),
      retired: z.boolean().default(false),
      from: ContentTime.optional(),
      completion: completionSchema(rules, ["task"]),
      completion_tasks: z.array(Task).max(MAX_DEFINED).refine(uniqueTasks.check, uniqueTasks.message).default([]),
      score: ScoreCondition.optional(),
      steps: z.array(STEP).max(MAX_DEFINED).refine(uniqueSteps.check, uniqueSteps.message).default([]),
      prerequisites: z.array(Slug).default([]),
      enforce_order: z.boolean().default(false),
      completion_data: z
        .union([z.record(z.string(), z.unknown()), z.boolean()], { error: "Expected a JSON Schema" })
        .superRefine((schema, context) => {
          for (const { path, message } of schemaFaults(schema)) context.addIssue({ code: "custom", path, message });
        })
        .optional(),
      review_items: z.array(ReviewItem).refine(uniqueItems.check, uniqueItems.message).default([]),
    })
    .transform((file) => ({
      title: file.title,
      optional: file.optional,
      aliases: file.aliases,
      retired: file.retired,
      from: file.from,
      completion: file.completion,
      tasks: file.completion_tasks,
      score: file.score,
      steps: file.steps,
      prerequisites: file.prerequisites,
      enforceOrder: file.enforce_order,
      completionData: file.completion_data,
      reviewItems: file.review_items,
    }));
