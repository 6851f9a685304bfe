import { type Facts, listedWithoutMark } from "../../model/progress.ts";
import type { Timestamp } from "../../model/time.ts";

/** Stands before every moment: a window that opens here is open to all that was done. */
export const EVER: Timestamp = "";

/** What was done from a moment on. */
export function factsSince(facts: Facts, from: Timestamp): Facts {
  if (from === EVER) return facts;
  const { completedAt: _, tasks, scores, steps, marks, ...others } = facts;
  const since = <T extends { at: Timestamp }>(elements: readonly T[] | undefined) =>
    elements?.filter(({ at }) => at >= from) ?? [];
  const alone = listedWithoutMark(facts);
  return {
    ...others,
    ...(alone !== undefined && alone >= from && { completedAt: alone }),
    tasks: since(tasks),
    scores: since(scores),
    steps: since(steps),
    marks: since(marks),
  };
}
