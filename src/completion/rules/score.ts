import type { ScoreCondition } from "../../catalog/module-schema.ts";
import type { Facts } from "../../model/progress.ts";
import { bestValue } from "../../model/result.ts";
import type { Timestamp } from "../../model/time.ts";
import { shownScore } from "../shown-score.ts";
import type { Condition } from "./condition.ts";

/** The weighted mean of the best of each component; a component that is missing counts 0. */
function weightedMean({ weights }: ScoreCondition, { scores }: Facts): number {
  const components = Object.entries(weights);
  const sum = components.reduce((total, [name, weight]) => total + weight * (bestValue(scores, name) ?? 0), 0);
  return sum / components.reduce((total, [, weight]) => total + weight, 0);
}

// 0.1 * 70 + 0.9 * 90 is 87.99999999999999 in binary: what is a hair below a value is that value.
const HAIR = 1e-9;

/** As it is shown. */
export const cumulativeScore = (condition: ScoreCondition, facts: Facts): number =>
  shownScore(weightedMean(condition, facts), condition.passingScore);

function reachedAt(condition: ScoreCondition, { scores = [] }: Facts): Timestamp | undefined {
  const times = [...new Set(scores.map(({ at }) => at))].sort();
  return times.find((time) => {
    const known = { scores: scores.filter(({ at }) => at <= time) };
    // The exact mean decides, and not the rounded one that is shown: 79.996 does not pass 80.
    return weightedMean(condition, known) + HAIR >= condition.passingScore;
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
