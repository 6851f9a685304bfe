import * as z from "zod";
import { ERROR_CODES } from "../model/errors.ts";
import { Count, EntityRef, Missing, More, Ratio } from "./values.ts";

export const ErrorCode = z.enum(ERROR_CODES).describe("What went wrong, in a name that never changes");

export const InputFault = z
  .strictObject({ path: z.string(), message: z.string() })
  .describe("What is wrong at one place of the input; `path` is dotted, empty for the whole");

export const Problem = z
  .strictObject({
    type: z.string(),
    title: z.string(),
    status: z.int().min(400).max(599),
    code: ErrorCode,
    detail: z.string().describe("For people: what went wrong, and what to do"),
    errors: z.array(InputFault).optional(),
    errors_more: More,
    event_id: z.string().nullable().optional().describe("Of the event that is refused, where it has one"),
    progress: Ratio.optional().describe("Of a refused claim: how far the learner is"),
    missing: z.array(Missing).optional().describe("Of a refused claim: what stands in the way"),
    missing_more: More,
    locked_by: z.array(EntityRef).optional().describe("Of a locked module: what must be complete first"),
    locked_by_more: More,
    max_attempts: Count.optional().describe("Of a task whose attempts are used up"),
  })
  .describe("Why a request or an event is refused (RFC 9457)");
export type Problem = z.infer<typeof Problem>;
