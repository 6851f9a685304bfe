import { defineRule } from "./define-rule.ts";

/** One of the parts, optional or not; in a module, a mark is one as well (cmi5 calls it CompletedOrPassed). */
export const any = defineRule(
  "any",
  {},
  {
    requirement: (_, parts) => ({ need: Math.min(1, parts.length), of: parts }),
    countsMark: true,
  },
);
