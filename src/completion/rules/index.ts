import type { RuleSpec } from "../../catalog/rule-spec.ts";
import { all } from "./all.ts";
import { atLeast } from "./at-least.ts";
import type { Condition } from "./condition.ts";
import { score } from "./score.ts";
import { steps } from "./steps.ts";
import { tasks } from "./tasks.ts";

/** Every completion rule that content may name. */
export const RULES: readonly RuleSpec[] = [all, atLeast];

/** Every kind of condition that a module may state; all that it states must be met. */
export const CONDITIONS: readonly Condition[] = [tasks, score, steps];
