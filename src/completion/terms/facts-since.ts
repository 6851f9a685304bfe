import type { Facts } from "../../model/progress.ts";
import type { Timestamp } from "../../model/time.ts";

/** Stands before every moment: a window that opens here is open to all that was done. */
export const EVER: Timestamp = "";

/** What was done from a moment on. */
export function factsSince(facts: Facts, from: Timestamp): Facts {
  if (from === EVER) return facts;
  const { completedAt, tasks, scores, steps, marks, ...others } = facts;
  const since = <T extends { at: Timestamp }>(elements: readonly T[] | undefined) =>
    elements?.filter(({ at }) => at >= from) ?? [];
  // A time that is listed without a mark is one that an earlier release kept alone.
  const isTold = completedAt === undefined || marks?.some(({ at }) => at === completedAt) === true;
  return {
    ...others,
    ...(!isTold && completedAt >= from && { completedAt }),
    tasks: since(tasks),
    scores: since(scores),
    steps: since(steps),
    marks: since(marks),
  };
}
