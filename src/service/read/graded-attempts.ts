import { answerKey, answerOf, inOrder, newestGrades } from "../../completion/decisions/standing-grades.ts";
import { standingAmong } from "../../completion/decisions/standing-voids.ts";
import { type Decision, ofKind, type Regrade } from "../../model/decision.ts";
import type { GradeView, ToldAttempt } from "./voided-attempts.ts";

/** Records of the history, those that were graded anew with the newest grade in front, and all of their grades. */
export function withGrades<Told extends ToldAttempt>(
  attempts: readonly Told[],
  decisions: readonly Decision[] = [],
): Told[] {
  const standing = ofKind(standingAmong(decisions), "grade");
  if (standing.length === 0) return [...attempts];
  const newest = new Map(newestGrades(standing).map((grade) => [answerOf(grade), grade]));
  return attempts.map((attempt) => {
    const key = answerKey(attempt.identity, attempt.occurredAt);
    const last = newest.get(key);
    if (last === undefined) return attempt;
    const later = standing.filter((grade) => answerOf(grade) === key).sort(inOrder);
    const { score, questions, quizVersion } = last;
    return { ...attempt, score, questions, quizVersion, grades: [firstGrade(attempt, last), ...later.map(gradeView)] };
  });
}

const firstGrade = (attempt: ToldAttempt, { firstScore }: Regrade): GradeView => ({
  gradedAt: attempt.receivedAt ?? attempt.occurredAt,
  score: attempt.score ?? firstScore,
  quizVersion: attempt.quizVersion ?? null,
  questions: attempt.questions ?? [],
  run: null,
});

const gradeView = ({ at, score, quizVersion, questions, eventId }: Regrade): GradeView => ({
  gradedAt: at,
  score,
  quizVersion,
  questions,
  run: eventId.replace(/^regrade-/, ""),
});
