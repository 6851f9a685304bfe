import { isDeepStrictEqual } from "node:util";
import type { ModuleDefinition } from "../catalog/catalog.ts";
import type { Quiz } from "../catalog/quiz.ts";
import type { Attempt } from "../model/attempt.ts";
import type { Decision, Regrade } from "../model/decision.ts";
import { answerKey, answerOf, newestGrades } from "./decisions/standing-grades.ts";
import { standingAmong } from "./decisions/standing-voids.ts";
import { type Grade, type GradedQuestion, gradeAnswers } from "./grade.ts";

/** Answers in the history that a quiz can grade. */
export type Answered = Attempt & { moduleSlug: string; taskSlug: string; answers: Record<string, unknown> };

/** What an answer counts as, as it stands: its score, and which questions were right. */
export type Standing = {
  score: number;
  questions?: GradedQuestion[] | undefined;
  quizVersion?: string | undefined;
};

/** An answer, what it counts as, and its grade by the quiz of today. */
export type Regrading = { answer: Answered; before: Standing; after: Grade };

/** Whether what a learner sent is an answer to a module's quiz; to one task of it, where that is named. */
export function isAnswer(
  attempt: Attempt,
  module: ModuleDefinition,
  taskSlug: string | undefined,
): attempt is Answered {
  const { kind, refused, taskSlug: task, answers } = attempt;
  if (kind !== "task" || refused || task === undefined || (taskSlug !== undefined && task !== taskSlug)) return false;
  // What is no quiz any more is graded by nobody.
  const type = module.tasks.find(({ slug }) => slug === task)?.type;
  const isOfQuiz = type === undefined || type === "quiz";
  return isOfQuiz && typeof answers === "object" && answers !== null && !Array.isArray(answers);
}

/** By answer, the grade that stands of those that it was given anew. */
const gradesOf = (decisions: readonly Decision[]): ReadonlyMap<string, Regrade> =>
  new Map(newestGrades(standingAmong(decisions)).map((grade) => [answerOf(grade), grade]));

const keyOf = ({ identity, occurredAt }: Attempt): string => answerKey(identity, occurredAt);
/** Answers of one event_id, moment and task share their results. */
const resultOf = ({ eventId, occurredAt, taskSlug }: Answered): string => [eventId, occurredAt, taskSlug].join("\n");

/**
 * The answers that a quiz grades otherwise than they count, void or not: with another score, or with other questions right.
 * Answers that share their result are all graded anew where one is, because that result then goes.
 */
export function regradings(quiz: Quiz, answers: readonly Answered[], decisions: readonly Decision[]): Regrading[] {
  const grades = gradesOf(decisions);
  const graded = answers.map((answer): Regrading => {
    const { score = 0, questions, quizVersion } = grades.get(keyOf(answer)) ?? answer;
    return { answer, before: { score, questions, quizVersion }, after: gradeAnswers(quiz, answer.answers) };
  });
  const isGradedAnew = ({ answer }: Regrading) => grades.has(keyOf(answer));
  const anew = new Set(graded.filter((one) => differs(one) || isGradedAnew(one)).map(({ answer }) => resultOf(answer)));
  return graded.filter((one) => differs(one) || (anew.has(resultOf(one.answer)) && !isGradedAnew(one)));
}

/** Of answers that an earlier release graded, the score alone is known. */
const differs = ({ before, after }: Regrading): boolean =>
  before.score !== after.score ||
  (before.questions !== undefined && !isDeepStrictEqual(before.questions, after.questions));
