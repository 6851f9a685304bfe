import type { Catalog } from "../catalog/catalog.ts";
import type { Feedback } from "../catalog/quiz.ts";
import type { FlaggedOutcome } from "../completion/event-outcome.ts";
import { feedbackOf } from "../completion/feedback.ts";
import type { Grade } from "../completion/grade.ts";
import type { Lock } from "../completion/locks.ts";
import { shownScore } from "../completion/shown-score.ts";
import type * as Wire from "../contract/index.ts";
import type { FlagTrail } from "../model/attempt.ts";
import { snakeKeys } from "../model/case.ts";
import type { AppError } from "../model/errors.ts";
import type { Schedule } from "../review/schedule-review.ts";
import type { EventResult } from "../service/ingest/event-result.ts";
import type { EntryView, HolderView } from "../service/read/holder-view.ts";
import { type ModuleView, moduleView, type TaskView } from "../service/read/module-view.ts";
import type { ProgressView } from "../service/read/read.ts";
import type { OneModule } from "../service/read/read-module.ts";
import type { ReviewView, SessionView } from "../service/read/read-records.ts";
import type { HolderSummary, SummaryView } from "../service/read/read-summary.ts";
import type { GradeView, ToldAttempt } from "../service/read/voided-attempts.ts";
import type { CompletionRecord } from "../store/completions.ts";
import { PROBLEMS } from "./problems.ts";

type AcceptedResult = Extract<EventResult, { error?: undefined }>;

// What goes out, in the names and shapes of the wire. A time that is not known is null, never left out.

/** A module's state; what its definition does not have is left out. */
const moduleState = (view: ModuleView): Wire.ModuleState => {
  const {
    slug,
    status,
    facts,
    completedAt,
    waived,
    progressPercentage,
    cumulativeScore,
    tasks,
    steps,
    currentStep,
    lock,
  } = view;
  return {
    slug,
    status,
    recommended_at: facts.recommendedAt ?? null,
    started_at: facts.startedAt ?? null,
    completed_at: completedAt ?? null,
    ...(waived && { waived }),
    ...(progressPercentage !== undefined && { progress_percentage: progressPercentage }),
    ...(cumulativeScore !== undefined && { cumulative_score: cumulativeScore }),
    ...(tasks && { tasks: tasks.map(taskJson) }),
    ...(steps && { steps: steps.map(snakeKeys), current_step: currentStep }),
    ...(lock !== null && lockJson(lock)),
  };
};

const taskJson = ({
  feedback,
  slug,
  type,
  required,
  passingScore,
  maxAttempts,
  bestScore,
  attestedAt,
  passedAt,
}: TaskView): Wire.Task => ({
  task_slug: slug,
  task_type: type,
  required,
  passing_score: passingScore ?? null,
  max_attempts: maxAttempts ?? null,
  best_score: feedback === "none" || bestScore === null ? null : shownScore(bestScore, passingScore),
  attested: attestedAt !== null,
  passed: passedAt !== null,
  passed_at: passedAt,
});

const lockJson = (lock: Lock | undefined): Pick<Wire.HolderState, "locked" | "locked_by"> => ({
  locked: lock !== undefined,
  locked_by: lock?.by ?? [],
});

/** Who asks is told all of every result, or what the catalog's quizzes tell a learner. */
export type Told = "all" | Catalog;

/** How much is told of a result. */
export function feedbackFor(
  told: Told,
  { moduleSlug, taskSlug }: { moduleSlug?: string | undefined; taskSlug?: string | undefined },
): Feedback {
  if (told === "all" || moduleSlug === undefined) return "questions";
  // An attempt and a decision keep the slug that their module had then.
  const { slug } = told.resolve({ type: "module", slug: moduleSlug });
  return feedbackOf(told.module.get(slug), taskSlug);
}

const openly = (view: ModuleView): ModuleView => ({
  ...view,
  tasks: view.tasks?.map((task) => ({ ...task, feedback: "questions" })),
});

/** One module, with the newest attempts and the completion data that came last. */
export const moduleJson = (view: Omit<OneModule, "explain">, told: Told): Wire.LearnerModule => ({
  ...moduleState(told === "all" ? openly(view) : view),
  title: view.title,
  missing: view.missing,
  attempts: view.attempts.map((attempt) => attemptJson(attempt, feedbackFor(told, attempt))),
  completion_data: view.completionData ?? null,
});

/** @param feedback how much of a quiz's result is told */
export function attemptJson(
  { identity: _, score, scores, questions, changes, grades, ...attempt }: ToldAttempt,
  feedback: Feedback = "questions",
): Wire.HistoryRecord {
  return {
    ...snakeKeys(attempt),
    ...(score !== undefined && feedback !== "none" && { score: shownScore(score) }),
    ...(scores && { scores: Object.fromEntries(Object.entries(scores).map(([name, one]) => [name, shownScore(one)])) }),
    ...(questions && feedback === "questions" && { questions }),
    ...(grades && { grades: grades.map((grade) => givenGradeJson(grade, feedback)) }),
    ...(changes && { changes: changes.map(trailJson) }),
  };
}

/** Of an earlier grade a learner is told no more than of the one that counts. */
const givenGradeJson = (
  { gradedAt, score, quizVersion, questions, run }: GradeView,
  feedback: Feedback,
): Wire.GivenGrade => ({
  graded_at: gradedAt,
  quiz_version: quizVersion,
  run,
  ...(feedback !== "none" && { score: shownScore(score) }),
  ...(feedback === "questions" && { questions }),
});

const trailJson = ({ type, slug, before, after }: FlagTrail) => ({
  type,
  slug,
  before: before && snakeKeys(before),
  after: after && snakeKeys(after),
});

export const sessionJson = (session: SessionView): Wire.Session => ({
  session_id: session.sessionId,
  session_type: session.sessionType,
  module_slug: session.moduleSlug ?? null,
  source: session.source ?? null,
  language: session.language ?? null,
  started_at: session.startedAt ?? null,
  ended_at: session.endedAt ?? null,
  duration_seconds: session.durationSeconds,
  items_studied: session.itemsStudied ?? null,
  items_correct: session.itemsCorrect ?? null,
  // No client's id has a space.
  ...(session.sessionId.includes(" ") && { automatic: true as const }),
});

export const reviewJson = (review: ReviewView): Wire.Review => ({
  module_slug: review.moduleSlug,
  item_id: review.itemId,
  front: review.front ?? null,
  back: review.back ?? null,
  source: { type: "module", slug: review.moduleSlug },
  created_at: review.createdAt ?? null,
  ...scheduleJson(review),
});

const scheduleJson = ({ dueAt, reviewCount, lastReviewedAt }: Schedule): Wire.Schedule => ({
  due_at: dueAt,
  review_count: reviewCount,
  last_reviewed_at: lastReviewedAt,
});

const holderState = ({
  entity,
  title,
  state: { facts, flag },
  status,
  term,
  waived,
  progress,
  settled,
  lock,
}: HolderView): Wire.HolderState => ({
  slug: entity.slug,
  title,
  enrolled_at: facts.enrolledAt ?? null,
  enrollment_source: facts.enrollmentSource ?? null,
  started_at: facts.startedAt ?? null,
  status,
  completed: status === "completed",
  completed_at: term?.completedAt ?? null,
  expires_at: term?.expiresAt ?? null,
  ...(waived && { waived }),
  completion_source: flag?.completionSource ?? null,
  claimed_at: flag?.claimedAt ?? null,
  recorded_at: flag?.recordedAt ?? null,
  catalog_version: flag?.catalogVersion ?? null,
  progress: snakeKeys(progress),
  settled,
  ...lockJson(lock),
});

export const holderJson = (view: HolderView & { entries: EntryView[] }): Wire.LearnerHolder => ({
  ...holderState(view),
  entries: view.entries,
  missing: view.missing,
  terms: view.terms.map(snakeKeys),
});

const bySlug = <Item, Shown>(
  items: readonly Item[],
  slugOf: (item: Item) => string,
  json: (item: Item) => Shown,
): Record<string, Shown> => Object.fromEntries(items.map((item) => [slugOf(item), json(item)]));

export const summaryJson = ({ courses, pathways, modules }: SummaryView): Wire.LearnerSummary => {
  const json = (view: HolderSummary): Wire.HolderSummary => ({ ...holderState(view), entries: view.entries });
  return {
    courses: courses.map(json),
    pathways: pathways.map(json),
    modules: bySlug(modules, ({ slug }) => slug, moduleState),
  };
};

/**
 * The tree of pathways, their courses and their modules; courses and modules also stand at the top, since they are
 * shared. What is missing is told of one entity at a time: in a tree it would be told many times over.
 */
export function progressJson(
  learnerId: string,
  { modules, courses, pathways, holds }: ProgressView,
): Wire.LearnerProgress {
  const modulesOf = (holder: HolderView) =>
    bySlug(
      modules.filter(({ slug }) => holds(holder.entity, { type: "module", slug })),
      ({ slug }) => slug,
      moduleState,
    );
  const courseJson = (course: HolderView): Wire.CourseProgress => ({
    ...holderState(course),
    modules: modulesOf(course),
  });
  const coursesOf = (some: readonly HolderView[]) => bySlug(some, ({ entity }) => entity.slug, courseJson);
  return {
    learner_id: learnerId,
    pathways: bySlug(
      pathways,
      ({ entity }) => entity.slug,
      (pathway): Wire.PathwayProgress => ({
        ...holderState(pathway),
        courses: coursesOf(courses.filter(({ entity }) => holds(pathway.entity, entity))),
        modules: modulesOf(pathway),
      }),
    ),
    courses: coursesOf(courses),
    modules: bySlug(modules, ({ slug }) => slug, moduleState),
  };
}

const outcomeJson = ({
  slug,
  title,
  standing: { status, term },
  progress,
  newlyCompleted,
}: FlaggedOutcome): Wire.HolderOutcome => ({
  slug,
  title,
  completed: status === "completed",
  completed_at: term?.completedAt ?? null,
  progress: snakeKeys(progress),
  newly_completed: newlyCompleted,
});

/** RFC 9457. */
export function problemJson({ code, message, extras }: AppError): Wire.Problem {
  const { status, title } = PROBLEMS[code];
  const type = `urn:waymark:problem:${code.toLowerCase().replaceAll("_", "-")}`;
  return { type, title, status, code, detail: message, ...(extras as Partial<Wire.Problem>) };
}

/** One event's result, as it stands in the answer to a batch. */
export const resultJson = (result: EventResult): Wire.EventResult =>
  result.error
    ? { status: "refused", event_id: result.eventId ?? null, error: problemJson(result.error) }
    : acceptedJson(result);

export function acceptedJson({ eventId, learnerId, outcome, catalog }: AcceptedResult): Wire.AcceptedEvent {
  const flagged = (type: string) => outcome.flagged.filter((entity) => entity.type === type).map(outcomeJson);
  return {
    status: "accepted",
    event_id: eventId,
    learner_id: learnerId,
    module: outcome.module ? moduleState(moduleView(catalog, outcome.module.slug, outcome.module.state)) : null,
    courses: flagged("course"),
    pathways: flagged("pathway"),
    unlocked: outcome.unlocked,
    ...(outcome.grade && gradeJson(outcome.grade, outcome.feedback)),
    ...(outcome.review && { review: scheduleJson(outcome.review) }),
    warnings: outcome.warnings,
  };
}

/** What a learner is told of answers that were graded. */
function gradeJson({ score, passingScore, questions }: Grade, feedback: Feedback): Pick<Wire.AcceptedEvent, "grade"> {
  if (feedback === "none") return {};
  return { grade: { score: shownScore(score, passingScore), ...(feedback === "questions" && { questions }) } };
}

/** Under which of the entity's slugs it is stored is nothing to callers. */
export const completionJson = ({ slug: _, ...record }: CompletionRecord): Wire.CompletionRecord => snakeKeys(record);
