import * as z from "zod";
import { WARNING_CODES } from "../model/warning.ts";
import { GradedQuestion, Schedule } from "./history.ts";
import { ModuleState } from "./learner.ts";
import { Problem } from "./problem.ts";
import { EntityRef, More, OptionalTime, Ratio } from "./values.ts";

export const Warning = z
  .strictObject({ code: z.enum(WARNING_CODES), message: z.string() })
  .describe("Something in an accepted event that its sender should know of");

export const HolderOutcome = z
  .strictObject({
    slug: z.string(),
    title: z.string().nullable(),
    completed: z.boolean(),
    completed_at: OptionalTime,
    progress: Ratio,
    newly_completed: z
      .boolean()
      .describe("True in the answer to the event that completed it, however often it is sent"),
  })
  .describe("A course or pathway as an event left it");
export type HolderOutcome = z.infer<typeof HolderOutcome>;

export const Grade = z
  .strictObject({
    score: z.number(),
    questions: z.array(GradedQuestion).optional().describe("Where the quiz tells them"),
    questions_more: More,
  })
  .describe("What answers to a quiz come to");

export const AcceptedEvent = z
  .strictObject({
    status: z.literal("accepted"),
    event_id: z.string(),
    learner_id: z.string(),
    module: ModuleState.nullable(),
    courses: z.array(HolderOutcome),
    courses_more: More,
    pathways: z.array(HolderOutcome),
    pathways_more: More,
    unlocked: z.array(EntityRef).describe("The modules and courses that the event opened"),
    unlocked_more: More,
    grade: Grade.optional(),
    review: Schedule.optional(),
    warnings: z.array(Warning),
    warnings_more: More,
  })
  .describe("An event that was taken, and what it came to");
export type AcceptedEvent = z.infer<typeof AcceptedEvent>;

export const RefusedEvent = z
  .strictObject({ status: z.literal("refused"), event_id: z.string().nullable(), error: Problem })
  .describe("An event of a batch that was not taken, and why");
export type RefusedEvent = z.infer<typeof RefusedEvent>;

export const EventResult = z.discriminatedUnion("status", [AcceptedEvent, RefusedEvent]);
export type EventResult = z.infer<typeof EventResult>;

export const BatchResult = z
  .strictObject({ results: z.array(EventResult) })
  .describe("What became of a batch's events, in the order sent");
export type BatchResult = z.infer<typeof BatchResult>;

export const TrackAnswer = z.union([AcceptedEvent, BatchResult]);
export type TrackAnswer = z.infer<typeof TrackAnswer>;
