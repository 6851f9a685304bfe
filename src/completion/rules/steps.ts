import type { Facts } from "../../model/progress.ts";
import { firstDone } from "../../model/result.ts";
import type { Condition } from "./condition.ts";

/** Every step, in whatever order. */
export const steps: Condition = (definition, facts) =>
  definition.steps.map((step) => ({ missing: { type: "step", slug: step }, metAt: firstDone(facts.steps, step) }));

/** The step that a learner did last, by time; of two at one moment, the one that comes later in the module. */
export function currentStep(order: readonly string[], { steps: done = [] }: Facts): string | null {
  const rank = ({ at, key }: { at: string; key: string }) =>
    `${at}#${String(order.indexOf(key) + 1).padStart(9, "0")}#${key}`;
  return (
    done.reduce<(typeof done)[number] | null>((last, step) => (last && rank(last) > rank(step) ? last : step), null)
      ?.key ?? null
  );
}
