import type { RuleSpec } from "../../catalog/rule-spec.ts";
import { all } from "./all.ts";
import { any } from "./any.ts";
import { atLeast } from "./at-least.ts";
import { atLeastPercent } from "./at-least-percent.ts";
import type { ConditionKind } from "./condition.ts";
import { mark } from "./mark.ts";
import { score } from "./score.ts";
import { steps } from "./steps.ts";
import { tasks } from "./tasks.ts";

/** Every completion rule that content may name. */
export const RULES: readonly RuleSpec[] = [all, atLeast, atLeastPercent, any];

/** Every kind of condition that a module may state; without a rule of its own, all that it states must be met. */
export const CONDITIONS: readonly ConditionKind[] = [
  { type: "task", parts: tasks, isEach: true },
  { type: "score", parts: score },
  { type: "steps", parts: steps },
];

/** What a module asks for beside them where its rule counts a mark. */
export const MARK: ConditionKind = { type: "mark", parts: mark };
