import * as z from "zod";
import { Count, Time } from "./values.ts";

export const DeletedLearner = z
  .strictObject({
    learner_id: z.string(),
    deleted_at: Time,
    deleted_items: z.strictObject({ progress: Count, records: Count }),
  })
  .describe("How many stored items were deleted with a learner");
export type DeletedLearner = z.infer<typeof DeletedLearner>;
