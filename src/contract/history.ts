import * as z from "zod";
import { ATTEMPT_KINDS } from "../model/attempt.ts";
import { DECISION_KINDS } from "../model/decision.ts";
import { ErrorCode } from "./problem.ts";
import { Count, EntityType, NextCursor, OptionalTime, Time } from "./values.ts";

export const GradedQuestion = z
  .strictObject({ id: z.string(), correct: z.boolean(), points: z.number() })
  .describe("Whether the answer to a question was right");

const TrailEnd = z.strictObject({ completed_at: Time, expires_at: OptionalTime }).nullable();

const FlagTrail = z
  .strictObject({ type: EntityType, slug: z.string(), before: TrailEnd, after: TrailEnd })
  .describe("How a decision changed a flag; null is not complete");

export const GivenGrade = z
  .strictObject({
    graded_at: Time,
    quiz_version: z.string().nullable().describe("A hash of the quiz that it was graded by"),
    run: z.string().nullable().describe("The regrade that gave the grade; null when the answer came"),
    score: z.number().optional(),
    questions: z.array(GradedQuestion).optional(),
  })
  .describe("One of the grades that an answer has had");
export type GivenGrade = z.infer<typeof GivenGrade>;

export const HistoryRecord = z
  .strictObject({
    event_id: z.string(),
    occurred_at: Time,
    received_at: Time.optional(),
    catalog_version: z.string().optional().describe("What it was judged by"),
    module_slug: z.string().optional(),
    course_slug: z.string().optional().describe("Of a claim of a course, or a decision about it"),
    pathway_slug: z.string().optional().describe("Of a claim of a pathway, or a decision about it"),
    kind: z
      .enum(ATTEMPT_KINDS)
      .describe(
        "A claim is a completion that was checked, whether it was taken or not; a decision is what a person decided",
      ),
    refused: z.literal(true).optional().describe("Of a claim that the facts did not bear out"),
    code: ErrorCode.optional().describe("Of a refused claim"),
    reason: z.string().optional().describe("Of a refused claim or a decision: why"),
    decision: z.enum(DECISION_KINDS).optional().describe("Which kind of decision it is"),
    by: z.string().optional().describe("Of a decision: who took it, the subject of the token"),
    withdrawn: z.literal(true).optional().describe("Of a decision that takes back what was decided before"),
    voids: z.string().optional().describe("Of a void: the event_id of what counts no longer"),
    alias: z.string().optional().describe("Of a link: the id that is this learner's"),
    count: Count.optional().describe("Of a grant: so many attempts more"),
    completed_at: Time.optional().describe("Of a waiver of what was completed elsewhere: when"),
    changes: z.array(FlagTrail).optional().describe("Of a decision: the flags that it changed"),
    task_slug: z.string().optional(),
    score: z.number().optional(),
    attested: z.boolean().optional(),
    answers: z.unknown().optional(),
    questions: z.array(GradedQuestion).optional().describe("Of answers: which questions were right"),
    quiz_version: z.string().optional().describe("Of answers: a hash of the quiz that they were graded by"),
    grades: z
      .array(GivenGrade)
      .optional()
      .describe(
        "Of answers that were graded anew: every grade, the first in front; score and questions are of the last",
      ),
    scores: z.record(z.string(), z.number()).optional(),
    completion_data: z.unknown().optional(),
    voided: z
      .strictObject({ at: Time, by: z.string(), reason: z.string() })
      .optional()
      .describe("Of an event that counts no longer: when, who decided so, and why"),
  })
  .describe("What a learner sent of a module, or claimed, or what was decided of it");
export type HistoryRecord = z.infer<typeof HistoryRecord>;

export const History = z
  .strictObject({ attempts: z.array(HistoryRecord), next_cursor: NextCursor })
  .describe("What a learner sent and others decided, newest first");
export type History = z.infer<typeof History>;

export const Session = z
  .strictObject({
    session_id: z.string(),
    session_type: z.string(),
    module_slug: z.string().nullable(),
    source: z.string().nullable(),
    language: z.string().nullable(),
    started_at: OptionalTime,
    ended_at: OptionalTime,
    duration_seconds: Count.nullable(),
    items_studied: Count.nullable(),
    items_correct: Count.nullable(),
    automatic: z.literal(true).optional().describe("Where a module's own start and completion made it"),
  })
  .describe("A stretch of learning; either end may be missing");
export type Session = z.infer<typeof Session>;

export const Sessions = z
  .strictObject({ sessions: z.array(Session), next_cursor: NextCursor })
  .describe("A learner's sessions, newest first");
export type Sessions = z.infer<typeof Sessions>;

/** When an item is due, and how its learner stands with it. */
const schedule = { due_at: Time, review_count: Count, last_reviewed_at: OptionalTime };

export const Schedule = z.strictObject(schedule).describe("When an item is to be reviewed next");
export type Schedule = z.infer<typeof Schedule>;

export const Review = z
  .strictObject({
    module_slug: z.string(),
    item_id: z.string(),
    front: z.string().nullable(),
    back: z.string().nullable(),
    source: z.strictObject({ type: z.literal("module"), slug: z.string() }),
    created_at: OptionalTime,
    ...schedule,
  })
  .describe("A card to review");
export type Review = z.infer<typeof Review>;

export const Reviews = z
  .strictObject({ reviews: z.array(Review), next_cursor: NextCursor })
  .describe("A learner's cards, those that are due first in front");
export type Reviews = z.infer<typeof Reviews>;
