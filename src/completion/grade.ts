import type { Quiz } from "../catalog/quiz.ts";
import { contentHash } from "../model/canonical-json.ts";

/** What a learner is told of a question: whether the answer given was right, never what the right one is. */
export type GradedQuestion = { id: string; correct: boolean; points: number };

/** `quizVersion` is a hash of the quiz. */
export type Grade = { score: number; questions: GradedQuestion[]; quizVersion: string };

// A catalog's quizzes never change, and a hash takes longer than grading.
const versions = new WeakMap<Quiz, string>();

function versionOf(quiz: Quiz): string {
  const version = versions.get(quiz) ?? contentHash(quiz, 16);
  versions.set(quiz, version);
  return version;
}

const given = (answer: unknown): unknown[] => [...new Set(Array.isArray(answer) ? answer : [answer])];

/**
 * Grades answers against a quiz: a question's points for exactly its correct options, and none for less or more.
 * @param answers by question; a question that is left out is not right
 * @returns the score, 0 to 100 to two decimals: 3 of 4 points is 75
 */
export function gradeAnswers(quiz: Quiz, answers: Record<string, unknown>): Grade {
  const { questions } = quiz;
  const graded = questions.map(({ id, correct, points }): GradedQuestion => {
    const chosen = given(Object.hasOwn(answers, id) ? answers[id] : undefined);
    const right =
      chosen.length === new Set(correct).size && chosen.every((option) => correct.includes(option as string));
    return { id, correct: right, points: right ? points : 0 };
  });
  const total = questions.reduce((sum, { points }) => sum + points, 0);
  const reached = graded.reduce((sum, { points }) => sum + points, 0);
  return { score: Math.round((reached / total) * 10_000) / 100, questions: graded, quizVersion: versionOf(quiz) };
}
