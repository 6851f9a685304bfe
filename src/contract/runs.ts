import * as z from "zod";
import { EntityType, More, NextCursor, OptionalTime, Ratio, Time } from "./values.ts";

const RUN_KINDS = ["backfill", "regrade", "import", "rollback"] as const;

export const Run = z
  .looseObject({
    id: z.string(),
    kind: z.enum(RUN_KINDS),
    dry_run: z.boolean().describe("Whether nothing was written to the store"),
    started_at: OptionalTime,
    ended_at: OptionalTime.describe("null while it runs, and where it was stopped"),
  })
  .describe("A run of a job, with the numbers of its summary file");
export type Run = z.infer<typeof Run>;

export const Runs = z
  .strictObject({ runs: z.array(Run), next_cursor: NextCursor })
  .describe("Runs that left their files on the service's machine, the newest first");
export type Runs = z.infer<typeof Runs>;

export const RunChange = z
  .strictObject({
    type: EntityType,
    slug: z.string(),
    before: z.boolean(),
    after: z.boolean(),
    completed_at_before: OptionalTime,
    completed_at_after: OptionalTime,
    expires_at_before: OptionalTime.optional(),
    expires_at_after: OptionalTime.optional(),
    progress: Ratio,
  })
  .describe("A flag that a run changed, or would change");
export type RunChange = z.infer<typeof RunChange>;

export const RunGrade = z
  .strictObject({
    event_id: z.string(),
    task_slug: z.string(),
    occurred_at: Time,
    score_before: z.number(),
    score_after: z.number(),
  })
  .describe("An answer that a regrade gave another grade");
export type RunGrade = z.infer<typeof RunGrade>;

export const RunFailure = z
  .strictObject({
    learner_id: z.string().nullable(),
    entity: z.string().nullable(),
    reason: z.string(),
    code: z.string().optional(),
    row: z.number().optional().describe("Of an import's file"),
  })
  .describe("What a run could not do");
export type RunFailure = z.infer<typeof RunFailure>;

export const RunDetails = Run.extend({
  changes: z
    .array(
      z.strictObject({ learner_id: z.string(), changes: z.array(RunChange), grades: z.array(RunGrade).optional() }),
    )
    .describe("A page of what changed, by learner"),
  changes_more: More,
  failures: z.array(RunFailure).describe("The first 100"),
  failures_more: More,
  next_cursor: NextCursor,
}).describe("A run with its whole summary, and a page of what it changed");
export type RunDetails = z.infer<typeof RunDetails>;
