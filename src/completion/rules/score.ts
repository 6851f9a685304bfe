import type { ScoreCondition } from "../../catalog/module-schema.ts";
import type { Facts } from "../../model/progress.ts";
import { bestValue } from "../../model/result.ts";
import type { Timestamp } from "../../model/time.ts";
import type { Condition } from "./condition.ts";

/** The weighted mean of the best of each component, to two decimals; a component that is missing counts 0. */
export function cumulativeScore({ weights }: ScoreCondition, { scores }: Facts): number {
  const components = Object.entries(weights);
  const sum = components.reduce((total, [name, weight]) => total + weight * (bestValue(scores, name) ?? 0), 0);
  const mean = sum / components.reduce((total, [, weight]) => total + weight, 0);
  // 0.1 * 70 + 0.9 * 90 is 87.99999999999999 in binary: what is a hair below a half is a half.
  return Math.round(mean * 100 + 1e-7) / 100;
}

function reachedAt(condition: ScoreCondition, { scores = [] }: Facts): Timestamp | undefined {
  const times = [...new Set(scores.map(({ at }) => at))].sort();
  return times.find((time) => {
    const known = { scores: scores.filter(({ at }) => at <= time) };
    return cumulativeScore(condition, known) >= condition.passingScore;
  });
}

/** A cumulative score at its passing score or above. */
export const score: Condition = ({ score: condition }, facts) => {
  if (condition === undefined) return [];
  const missing = {
    type: "score",
    slug: "cumulative_score",
    score: cumulativeScore(condition, facts),
    passing_score: condition.passingScore,
  } as const;
  return [{ missing, metAt: reachedAt(condition, facts) }];
};
