import type { Regrade } from "../../model/decision.ts";
import { mergeResults, type Result } from "../../model/result.ts";
import { sourceOf } from "../../model/source.ts";

export type Grades = readonly Regrade[];

/**
 * The grades that the answer behind a result was given anew. Answers of one event_id, moment and task share a result where
 * they were graded alike, so there may be several. A result of an earlier release does not say which event it is of: it is
 * known by its value.
 */
const gradesOf = ({ key, at, value, source }: Result, grades: Grades): Grades =>
  grades.filter(
    ({ taskSlug, answeredAt, answerId, firstScore }) =>
      taskSlug === key &&
      answeredAt === at &&
      value !== true &&
      (source === undefined ? firstScore === value : sourceOf(answerId) === source),
  );

/** Results with the grades that answers were given last in place of those before; the same list where that is nothing. */
export function gradedAnew(results: Result[] | undefined, grades: Grades): Result[] | undefined {
  if (results === undefined || grades.length === 0) return results;
  const anew = results.map((result) => gradesOf(result, grades).map(({ score }) => ({ ...result, value: score })));
  if (anew.every((given) => given.length === 0)) return results;
  return mergeResults(
    results.filter((_, index) => anew[index]?.length === 0),
    anew.flat(),
  );
}

/** Whether an answer is worth less than before. */
export const isLowered = (results: readonly Result[] | undefined, grades: Grades): boolean =>
  results?.some((result) => {
    const scores = gradesOf(result, grades).map(({ score }) => score);
    return scores.length > 0 && Math.max(...scores) < Number(result.value);
  }) === true;
