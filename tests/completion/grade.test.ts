import { describe, expect, it } from "vitest";
import type { Quiz } from "../../src/catalog/quiz.ts";
import { gradeAnswers } from "../../src/completion/grade.ts";
import { moduleOf } from "../support/builders/modules.ts";

const quizOf = (...questions: object[]): Quiz =>
  moduleOf(
    {},
    {
      questions: questions.map((question, index) => ({
        id: `q${index + 1}`,
        type: "single",
        options: ["red", "green", "blue"],
        correct_answer: "red",
        ...question,
      })),
    },
  ).quiz as Quiz;

const single = quizOf({});
const multiple = quizOf({ type: "multiple", correct_answer: ["red", "green"] });
const isRight = (quiz: Quiz, answer: unknown) => gradeAnswers(quiz, { q1: answer }).questions[0]?.correct;

describe("a single choice", () => {
  it.each([
    ["its correct option", "red", true],
    ["its correct option, as a list", ["red"], true],
    ["its correct option twice", ["red", "red"], true],
    ["another option", "green", false],
    ["every option", ["red", "green", "blue"], false],
    ["the correct option and one that is none", ["red", "purple"], false],
    ["the correct option and something that is no text", ["red", 1], false],
    ["the correct option in capitals", "RED", false],
    ["the correct option with a space", "red ", false],
    ["nothing", undefined, false],
    ["null", null, false],
    ["an empty text", "", false],
    ["an empty list", [], false],
    ["true", true, false],
    ["an object", { red: true }, false],
    ["a list in a list", [["red"]], false],
  ])("answered with %s (%j) is right: %s", (_, answer, right) => expect(isRight(single, answer)).toBe(right));
});

describe("a multiple choice", () => {
  it.each([
    ["exactly its correct options", ["red", "green"], true],
    ["them in another order", ["green", "red"], true],
    ["one of them twice", ["red", "green", "red"], true],
    ["one of them", ["red"], false],
    ["one of them, as a text", "red", false],
    ["one too many", ["red", "green", "blue"], false],
    ["one right and one wrong", ["red", "blue"], false],
    ["one of them twice, which is not two", ["red", "red"], false],
    ["nothing", [], false],
  ])("answered with %s (%j) is right: %s", (_, answer, right) => expect(isRight(multiple, answer)).toBe(right));

  it("with one correct option takes it as a text too", () => {
    const quiz = quizOf({ type: "multiple_choice", correct_answer: "red" });
    expect(isRight(quiz, "red")).toBe(true);
    expect(isRight(quiz, ["red"])).toBe(true);
  });
});

describe("the score", () => {
  const ofPoints = (...points: number[]) => quizOf(...points.map((value) => ({ points: value })));
  /** The score of a quiz with these points, when the first `right` questions are answered correctly. */
  const scoreOf = (points: number[], right: number) =>
    gradeAnswers(
      ofPoints(...points),
      Object.fromEntries(points.slice(0, right).map((_, index) => [`q${index + 1}`, "red"])),
    ).score;

  it.each([
    ["3 of 4 points", [1, 1, 1, 1], 3, 75],
    ["3 of 4 points, in one question", [3, 1], 1, 75],
    ["nothing right", [1, 1, 1, 1], 0, 0],
    ["everything right", [1, 1, 1, 1], 4, 100],
    ["1 of 3", [1, 1, 1], 1, 33.333333],
    ["2 of 3", [1, 1, 1], 2, 66.666666],
    ["5 of 6", [1, 1, 1, 1, 1, 1], 5, 83.333333],
    ["half points", [0.5, 0.5, 1], 2, 50],
    ["points whose binary sum is above 1: 0.7 + 0.1 + 0.2", [0.7, 0.1, 0.2], 3, 100],
    ["0.3 of 0.4 in tenths, in binary 0.7500000000000001", [0.1, 0.2, 0.1], 2, 75],
    ["very unlike points", [1e6, 1e-6], 1, 99.999999],
  ] as [string, number[], number, number][])("of %s", (_, points, right, score) => {
    expect(scoreOf(points, right)).toBe(score);
  });

  it("counts a question once that has no points of its own", () => {
    expect(gradeAnswers(quizOf({}, { points: 3 }), { q2: "red" }).score).toBe(75);
  });

  it.each([
    ["questions left out", {}, 0],
    ["questions that the quiz does not have", { q3: "red", other: "red" }, 0],
    ["names that every object has", { constructor: "red", __proto__: { q1: "red", q2: "red" } }, 0],
    ["one right beside strange ones", { q1: "red", other: "red" }, 50],
  ])("counts nothing for %s", (_, answers, score) => {
    expect(gradeAnswers(quizOf({}, {}), answers).score).toBe(score);
  });
});

it("a grade says which answers were right, never which would have been", () => {
  const quiz = quizOf({ correct_answer: "blue", points: 2 }, { type: "multiple", correct_answer: ["green", "blue"] });
  const grade = gradeAnswers(quiz, { q1: "red", q2: ["red"] });
  expect(grade).toEqual({
    quizVersion: expect.stringMatching(/^[0-9a-f]{16}$/),
    score: 0,
    questions: [
      { id: "q1", correct: false, points: 0 },
      { id: "q2", correct: false, points: 0 },
    ],
  });
  expect(JSON.stringify(grade)).not.toMatch(/green|blue/);
  expect(gradeAnswers(quiz, { q1: "blue" }).questions[0]).toEqual({ id: "q1", correct: true, points: 2 });
});

describe("answers are equal", () => {
  it.each([
    ["a number and its digits", "4", 4],
    ["a text in two forms of Unicode", "caf\u00e9", "cafe\u0301"],
  ])("%s", (_, correct, sent) => {
    const quiz = quizOf({ options: [correct, "other"], correct_answer: correct });
    expect(gradeAnswers(quiz, { q1: sent }).questions).toMatchObject([{ correct: true }]);
  });
});
