import { standingVoids } from "../../completion/decisions/standing-voids.ts";
import type { GradedQuestion } from "../../completion/grade.ts";
import type { Attempt } from "../../model/attempt.ts";
import type { Decision } from "../../model/decision.ts";
import type { Timestamp } from "../../model/time.ts";

/** One of the grades that an answer has had. `run` is the regrade that gave it; null when the answer came. */
export type GradeView = {
  gradedAt: Timestamp;
  score: number;
  quizVersion: string | null;
  questions: GradedQuestion[];
  run: string | null;
};

/** Who decided that an event counts no longer, when, and why. */
export type VoidedView = { at: Timestamp; by: string; reason: string };

export type ToldAttempt = Attempt & { voided?: VoidedView; grades?: GradeView[] };

/** Records of the history, those marked that are void. */
export function markVoided(attempts: readonly Attempt[], decisions: readonly Decision[] = []): ToldAttempt[] {
  const voids = standingVoids(decisions);
  return attempts.map((attempt) => {
    const one = voids.get(attempt.eventId);
    return one ? { ...attempt, voided: { at: one.at, by: one.by, reason: one.reason } } : attempt;
  });
}
