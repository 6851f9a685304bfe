import { defineRule } from "./define-rule.ts";

/** Every required entry; optional ones count nowhere. */
export const all = defineRule(
  "all",
  {},
  {
    requirement: (_, entries) => {
      const required = entries.filter(({ optional }) => !optional);
      return { need: required.length, of: required };
    },
  },
);
