import * as z from "zod";
import { Count, More } from "./values.ts";

const Share = z.number().min(0).max(1);

/** Numbers, yes or no, and texts are summed up each in their own way. */
export const FieldSummary = z
  .union([
    z.strictObject({
      count: Count,
      min: z.number(),
      mean: z.number(),
      max: z.number(),
      quartiles: z.tuple([z.number(), z.number(), z.number()]),
    }),
    z.strictObject({ count: Count, true_share: Share }),
    z.strictObject({ count: Count, frequencies: z.record(z.string(), Count).optional() }),
  ])
  .describe("What one field of the completion data comes to");
export type FieldSummary = z.infer<typeof FieldSummary>;

export const DataSummary = z
  .strictObject({
    count: Count,
    fields: z.record(z.string(), FieldSummary).describe("By dotted path: the 200 that most learners sent"),
    fields_more: More.describe("So many more fields there are than are shown; 100,000 stands for that many or more"),
  })
  .describe("What a module's completion data come to, over all learners");
export type DataSummary = z.infer<typeof DataSummary>;
