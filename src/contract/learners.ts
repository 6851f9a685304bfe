import * as z from "zod";
import { NextCursor } from "./values.ts";

export const Learners = z
  .strictObject({ learners: z.array(z.string()).describe("The ids by which they go"), next_cursor: NextCursor })
  .describe("Learners of whom something is stored, in no order that means anything");
export type Learners = z.infer<typeof Learners>;
