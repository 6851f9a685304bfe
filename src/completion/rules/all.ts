import { isGroup } from "../../catalog/requirement.ts";
import { defineRule } from "./define-rule.ts";

/** Every required part; optional ones count nowhere. */
export const all = defineRule(
  "all",
  {},
  {
    requirement: (_, parts) => {
      const required = parts.filter((part) => isGroup(part) || !part.optional);
      return { need: required.length, of: required };
    },
  },
);
