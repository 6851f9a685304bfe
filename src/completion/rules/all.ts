import { defineRule } from "./define-rule.ts";

/** Every required entry; optional ones count nowhere. */
export const all = defineRule(
  "all",
  {},
  {
    counted: (entries) => entries.filter(({ optional }) => !optional),
    needed: (counted) => counted.length,
  },
);
