import * as z from "zod";
import { COMPLETION_SOURCES } from "../model/progress.ts";
import { Explanation } from "./explanation.ts";
import { HistoryRecord } from "./history.ts";
import { Count, EntityType, lockFields, Missing, More, OptionalTime, Ratio, Time } from "./values.ts";

export const CompletionSource = z.enum(COMPLETION_SOURCES);

export const Waived = z
  .strictObject({ by: z.string(), reason: z.string(), at: Time })
  .describe("Who decided that it counts as complete, why, and from when on");

export const Term = z
  .strictObject({
    completed_at: Time,
    expires_at: OptionalTime.describe("When it ends, or has ended; null where it holds for good"),
    ended_by: z.enum(["expired", "reset", "renewed"]).nullable().describe("null while it runs"),
  })
  .describe("A completed term");
export type Term = z.infer<typeof Term>;

export const Task = z
  .strictObject({
    task_slug: z.string(),
    task_type: z.string(),
    required: z.boolean(),
    passing_score: z.number().nullable(),
    max_attempts: Count.nullable(),
    best_score: z.number().nullable(),
    attested: z.boolean(),
    passed: z.boolean(),
    passed_at: OptionalTime,
  })
  .describe("A task of a module, and how the learner stands with it");
export type Task = z.infer<typeof Task>;

export const Step = z
  .strictObject({ step: z.string(), done_at: OptionalTime })
  .describe("A step of a module, and when the learner first did it");
export type Step = z.infer<typeof Step>;

export const ModuleState = z
  .strictObject({
    slug: z.string(),
    status: z.enum(["not_started", "started", "completed"]),
    recommended_at: OptionalTime,
    started_at: OptionalTime,
    completed_at: OptionalTime,
    waived: Waived.optional().describe("Where a waiver completes it"),
    progress_percentage: Count.max(100).optional().describe("Where the module has conditions"),
    cumulative_score: z.number().optional().describe("Where the module has a score"),
    tasks: z.array(Task).optional(),
    tasks_more: More,
    steps: z.array(Step).optional(),
    steps_more: More,
    current_step: z
      .string()
      .nullable()
      .optional()
      .describe("The step that the learner did last; null before the first"),
    locked: lockFields.locked.optional(),
    locked_by: lockFields.locked_by.optional(),
    locked_by_more: More,
  })
  .describe("How a learner stands with a module; what its definition does not have is left out");
export type ModuleState = z.infer<typeof ModuleState>;

const explanation = Explanation.optional().describe("Where it is asked for: `explain=true`");

export const LearnerModule = ModuleState.extend({
  title: z.string().nullable(),
  missing: z.array(Missing).describe("Why it is not complete"),
  missing_more: More,
  attempts: z.array(HistoryRecord).describe("The newest 20"),
  attempts_more: More,
  completion_data: z.unknown().describe("What came with the last completion that had any; else null"),
  explanation,
}).describe("A module of a learner, with its newest attempts");
export type LearnerModule = z.infer<typeof LearnerModule>;

const HolderState = z.strictObject({
  slug: z.string(),
  title: z.string().nullable(),
  enrolled_at: OptionalTime,
  enrollment_source: z.string().nullable(),
  started_at: OptionalTime,
  status: z.enum(["not_started", "enrolled", "started", "completed", "expired"]),
  completed: z.boolean().describe("Whether its newest term runs"),
  completed_at: OptionalTime,
  expires_at: OptionalTime.describe("When its newest term ends, or has ended; null where it holds for good"),
  waived: Waived.optional().describe("Where a waiver completes it"),
  completion_source: CompletionSource.nullable(),
  claimed_at: OptionalTime.describe("The time of the first accepted claim, whether or not it stands"),
  recorded_at: OptionalTime.describe("When the flag was last written"),
  catalog_version: z.string().nullable(),
  progress: Ratio,
  settled: z
    .boolean()
    .describe("False where facts and flag differ until the next event or backfill, because content has changed"),
  ...lockFields,
});
/** A course or pathway of a learner without what is missing. */
export type HolderState = z.infer<typeof HolderState>;

export const HolderEntry = z
  .strictObject({
    type: EntityType,
    slug: z.string(),
    title: z.string().nullable(),
    optional: z.boolean(),
    completed: z.boolean(),
    locked: z.boolean(),
    from: OptionalTime.describe("Since when it is asked for; null for always"),
    until: OptionalTime.describe("Until when it is asked for; null for always"),
  })
  .describe("What a course or pathway lists");
export type HolderEntry = z.infer<typeof HolderEntry>;

export const LearnerHolder = HolderState.extend({
  entries: z.array(HolderEntry).describe("In the order listed"),
  entries_more: More,
  missing: z.array(Missing),
  missing_more: More,
  terms: z.array(Term).describe("Every completed term, the newest first"),
  terms_more: More,
  explanation,
}).describe("A course or pathway of a learner; `missing` is why it is not complete: any `short_by` of it would do");
export type LearnerHolder = z.infer<typeof LearnerHolder>;

const HolderSummary = HolderState.extend({ entries: z.array(HolderEntry) }).describe(
  "A course or pathway, and what it lists in its order",
);
export type HolderSummary = z.infer<typeof HolderSummary>;

const Modules = z.record(z.string(), ModuleState);

export const CourseProgress = HolderState.extend({ modules: Modules }).describe("A course, and its modules by slug");
export type CourseProgress = z.infer<typeof CourseProgress>;

export const LearnerSummary = z
  .strictObject({ courses: z.array(HolderSummary), pathways: z.array(HolderSummary), modules: Modules })
  .describe("Courses and pathways, touched or not, in the order asked for; the modules that they list, by slug");
export type LearnerSummary = z.infer<typeof LearnerSummary>;

const Courses = z.record(z.string(), CourseProgress);

export const PathwayProgress = HolderState.extend({ courses: Courses, modules: Modules }).describe(
  "A pathway, and its courses and modules by slug",
);
export type PathwayProgress = z.infer<typeof PathwayProgress>;

export const LearnerProgress = z
  .strictObject({
    learner_id: z.string(),
    pathways: z.record(z.string(), PathwayProgress),
    courses: Courses,
    modules: Modules,
  })
  .describe(
    "Everything that a learner touched, by slug; courses and modules also stand at the top, since they are shared",
  );
export type LearnerProgress = z.infer<typeof LearnerProgress>;
