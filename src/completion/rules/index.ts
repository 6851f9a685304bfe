import { all } from "./all.ts";
import { atLeast } from "./at-least.ts";
import type { Rule } from "./define-rule.ts";

/** Every completion rule that content may name. */
export const RULES: readonly Rule[] = [all, atLeast];
