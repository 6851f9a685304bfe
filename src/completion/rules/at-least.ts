import * as z from "zod";
import { defineRule } from "./define-rule.ts";

/** Any `count` of the entries, optional or not. */
export const atLeast = defineRule(
  "at-least",
  { count: z.int().positive() },
  {
    requirement: ({ count }, entries) => ({ need: count, of: entries }),
    fault: ({ count }, entryCount) =>
      count > entryCount
        ? `at-least asks for ${count} of only ${entryCount} ${entryCount === 1 ? "entry" : "entries"}`
        : undefined,
  },
);
