import { expect, it } from "vitest";
import { attemptJson } from "../../src/api/wire.ts";
import { HistoryRecord } from "../../src/contract/index.ts";
import { moment } from "../support/builders/life.ts";

const at = moment("2024-01-02");
const questions = [{ id: "q1", correct: true, points: 1 }];
const answer = {
  eventId: "e-1",
  identity: "i-1",
  occurredAt: at,
  kind: "task" as const,
  moduleSlug: "exam",
  taskSlug: "quiz",
  answers: { q1: "a" },
  score: 100,
  questions,
  quizVersion: "new",
  grades: [
    { gradedAt: at, score: 66.666666, quizVersion: "old", questions: [], run: null },
    { gradedAt: moment("2024-02-01"), score: 100, quizVersion: "new", questions, run: "run" },
  ],
};
const first = { graded_at: at, quiz_version: "old", run: null };
const last = { graded_at: moment("2024-02-01"), quiz_version: "new", run: "run" };

it.each([
  [
    "questions",
    [
      { ...first, score: 66.67, questions: [] },
      { ...last, score: 100, questions },
    ],
  ],
  [
    "score",
    [
      { ...first, score: 66.67 },
      { ...last, score: 100 },
    ],
  ],
  ["none", [first, last]],
] as const)("of each grade that an answer has had, who may know of its %s is told as much", (feedback, grades) => {
  const told = HistoryRecord.parse(attemptJson(answer, feedback));
  expect(told.grades).toEqual(grades);
});
