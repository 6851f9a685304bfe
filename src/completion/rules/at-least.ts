import * as z from "zod";
import { defineRule } from "./define-rule.ts";

/** Any `count` of the parts, optional or not. */
export const atLeast = defineRule(
  "at-least",
  { count: z.int().positive() },
  {
    requirement: ({ count }, parts) => ({ need: count, of: parts }),
    fault: ({ count }, partCount) =>
      count > partCount
        ? `at-least asks for ${count} of only ${partCount} ${partCount === 1 ? "entry" : "entries"}`
        : undefined,
  },
);
