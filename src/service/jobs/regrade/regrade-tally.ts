import { addTally, countChanges, emptyTally, type Tally } from "../tally.ts";
import type { Regraded } from "./regrade-learner.ts";

/** What a run has done so far: learners and flags as in a backfill, and answers. */
export type RegradeTally = Tally & {
  /** Answers in the history that the quiz can grade. */
  answers: number;
  raised: number;
  lowered: number;
  /** Answers with the score that they had, and other questions right. */
  sameScore: number;
};

export const emptyRegradeTally = (): RegradeTally => ({
  ...emptyTally(),
  answers: 0,
  raised: 0,
  lowered: 0,
  sameScore: 0,
});

export const addRegradeTally = (total: RegradeTally, done: RegradeTally): void => addTally(total, done);

/** Counts one learner. */
export function countRegraded(tally: RegradeTally, { answers, entry: { grades, changes } }: Regraded): void {
  tally.processed++;
  tally.answers += answers;
  if (grades.length > 0) tally.updated++;
  countChanges(tally, changes);
  for (const { score_before: before, score_after: after } of grades) {
    if (after > before) tally.raised++;
    else if (after < before) tally.lowered++;
    else tally.sameScore++;
  }
}
