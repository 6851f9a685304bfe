import * as z from "zod";
import { Time } from "./values.ts";

const StoredItem = z.record(z.string(), z.unknown());

export const LearnerExport = z
  .strictObject({
    learner_id: z.string(),
    exported_at: Time,
    progress: z.array(StoredItem),
    records: z.array(StoredItem),
  })
  .describe("All that is stored of a learner, as it is stored");
export type LearnerExport = z.infer<typeof LearnerExport>;
