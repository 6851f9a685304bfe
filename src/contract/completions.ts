import * as z from "zod";
import { NextCursor, OptionalTime, Time } from "./values.ts";

export const CompletionRecord = z
  .strictObject({
    learner_id: z.string(),
    completed_at: Time,
    expires_at: OptionalTime.describe("When it ends, or has ended; null where it holds for good"),
    recorded_at: OptionalTime,
    completion_source: z.string().nullable(),
    catalog_version: z.string().nullable(),
  })
  .describe("That a learner completed it, and when");
export type CompletionRecord = z.infer<typeof CompletionRecord>;

export const Completions = z
  .strictObject({ completions: z.array(CompletionRecord), next_cursor: NextCursor })
  .describe("Who completed it, in order of completed_at");
export type Completions = z.infer<typeof Completions>;
