import type { Regrading } from "../../../completion/regradings.ts";
import type { LearnerId } from "../../../model/learner.ts";
import type { Timestamp } from "../../../model/time.ts";
import type { ChangeRecord } from "../change.ts";

/** One answer that a run graded anew, or would. */
export type GradeRecord = {
  event_id: string;
  task_slug: string;
  occurred_at: Timestamp;
  score_before: number;
  score_after: number;
  quiz_version_before: string | null;
  quiz_version_after: string;
};

/** What a run did to one learner, as regrade-changes.json has it. */
export type RegradeChanges = {
  contact_id: LearnerId;
  /** Of a learner with several ids, all of them: each answer is graded under the id that it was sent under. */
  ids?: readonly LearnerId[];
  grades: GradeRecord[];
  /** The flags that changed with them. */
  changes: ChangeRecord[];
  /** What was told of the grades and has the flag that it had, so that a rollback leaves no trace. */
  marked: ChangeRecord[];
};

/** Whose changes they are. */
export const whoseOf = (learnerId: LearnerId, ids: readonly LearnerId[]): Pick<RegradeChanges, "contact_id" | "ids"> =>
  ids.length > 1 ? { contact_id: learnerId, ids } : { contact_id: learnerId };

export const gradeRecord = ({ answer, before, after }: Regrading): GradeRecord => ({
  event_id: answer.eventId,
  task_slug: answer.taskSlug,
  occurred_at: answer.occurredAt,
  score_before: before.score,
  score_after: after.score,
  quiz_version_before: before.quizVersion ?? null,
  quiz_version_after: after.quizVersion,
});
