import type { Quiz } from "../catalog/quiz.ts";
import { contentHash } from "../model/canonical-json.ts";

/** What a learner is told of a question: whether the answer given was right, never what the right one is. */
export type GradedQuestion = { id: string; correct: boolean; points: number };

/** `quizVersion` is a hash of the quiz; `passingScore` is that of the task which it was answered for. */
export type Grade = {
  score: number;
  passingScore?: number | undefined;
  questions: GradedQuestion[];
  quizVersion: string;
};

// Dividing leaves a hair too little of what is a whole number of millionths.
const HAIR = 1e-6;

// A catalog's quizzes never change, and a hash takes longer than grading.
const versions = new WeakMap<Quiz, string>();

/** A hash of a quiz. */
export function versionOfQuiz(quiz: Quiz): string {
  const version = versions.get(quiz) ?? contentHash(quiz, 16);
  versions.set(quiz, version);
  return version;
}

/** One way to write an option: a number is its digits, and a text is in Unicode's composed form. */
const written = (option: unknown): unknown => {
  const text = typeof option === "number" ? String(option) : option;
  return typeof text === "string" ? text.normalize("NFC") : text;
};

const given = (answer: unknown): unknown[] => [...new Set((Array.isArray(answer) ? answer : [answer]).map(written))];

/** The questions that were answered and that a quiz does not have. */
export const unknownQuestions = ({ questions }: Quiz, answers: Record<string, unknown>): string[] => {
  const known = new Set(questions.map(({ id }) => id));
  return Object.keys(answers).filter((id) => !known.has(id));
};

/**
 * Grades answers against a quiz: a question's points for exactly its correct options, and none for less or more.
 * @param answers by question; a question that is left out is not right
 * @returns the score, 0 to 100 in millionths, never more than it is: 3 of 4 points is 75
 */
export function gradeAnswers(quiz: Quiz, answers: Record<string, unknown>): Grade {
  const { questions } = quiz;
  const graded = questions.map(({ id, correct, points }): GradedQuestion => {
    const chosen = given(Object.hasOwn(answers, id) ? answers[id] : undefined);
    const wanted = new Set<unknown>(correct.map(written));
    const right = chosen.length === wanted.size && chosen.every((option) => wanted.has(option));
    return { id, correct: right, points: right ? points : 0 };
  });
  const total = questions.reduce((sum, { points }) => sum + points, 0);
  const reached = graded.reduce((sum, { points }) => sum + points, 0);
  return {
    score: Math.floor((reached / total) * 1e8 + HAIR) / 1e6,
    questions: graded,
    quizVersion: versionOfQuiz(quiz),
  };
}
