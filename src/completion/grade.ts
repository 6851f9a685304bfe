import type { Quiz } from "../catalog/quiz.ts";

/** What a learner is told of a question: whether the answer given was right, never what the right one is. */
export type GradedQuestion = { id: string; correct: boolean; points: number };

export type Grade = { score: number; questions: GradedQuestion[] };

const given = (answer: unknown): unknown[] => [...new Set(Array.isArray(answer) ? answer : [answer])];

/**
 * Grades answers against a quiz: a question's points for exactly its correct options, and none for less or more.
 * @param answers by question; a question that is left out is not right
 * @returns the score, 0 to 100 to two decimals: 3 of 4 points is 75
 */
export function gradeAnswers({ questions }: Quiz, answers: Record<string, unknown>): Grade {
  const graded = questions.map(({ id, correct, points }): GradedQuestion => {
    const chosen = given(Object.hasOwn(answers, id) ? answers[id] : undefined);
    const right =
      chosen.length === new Set(correct).size && chosen.every((option) => correct.includes(option as string));
    return { id, correct: right, points: right ? points : 0 };
  });
  const total = questions.reduce((sum, { points }) => sum + points, 0);
  const reached = graded.reduce((sum, { points }) => sum + points, 0);
  return { score: Math.round((reached / total) * 10_000) / 100, questions: graded };
}
