import { describe, expect, it } from "vitest";
import { type Content, catalogOf, faultsOf, placesOf } from "../support/builders/catalogs.ts";
import { moduleOf } from "../support/builders/modules.ts";

const QUESTION = { id: "q1", type: "single_choice", options: ["red", "green"], correct_answer: "crimson" };
const SOUND = { ...QUESTION, correct_answer: "red" };
const content = (quiz: unknown): Content => ({
  "courses/c.json": { slug: "c", modules: ["m"] },
  "modules/m/quiz.json": quiz,
});
const faulty = (question: object) => faultsOf(content({ questions: [{ ...SOUND, ...question }] }));

describe("a quiz", () => {
  it("is questions with type, correct options and points", () => {
    const multiple = {
      id: "q2",
      type: "multiple_choice",
      options: ["a", "b", "c"],
      correct_answer: ["c", "a"],
      points: 2.5,
    };
    expect(moduleOf({}, { questions: [SOUND, multiple], passing_score: 75 }).quiz).toEqual({
      passingScore: 75,
      questions: [
        { id: "q1", type: "single", correct: ["red"], points: 1 },
        { id: "q2", type: "multiple", correct: ["c", "a"], points: 2.5 },
      ],
    });
  });

  it.each([
    ["short names of types", { type: "single" }],
    ["a single choice whose answer is a list", { correct_answer: ["red"] }],
    ["a multiple choice whose answer is a text", { type: "multiple", correct_answer: "red" }],
    ["a multiple choice of all options", { type: "multiple", correct_answer: ["green", "red"] }],
    ["options with ids", { options: [{ id: "red", text: "Red" }, { id: "green" }] }],
    ["options of both kinds", { options: [{ id: "red" }, "green"] }],
    ["fractions of a point", { points: 0.25 }],
    ["fields of the content's own", { text: "Which?", hint: { picture: "a.png" } }],
  ])("may have %s", (_, question) => expect(faulty(question)).toEqual([]));

  it("makes its module known, without a completion.json", () => {
    const catalog = catalogOf({ ...content({ questions: [SOUND] }), "courses/c.json": { slug: "c", modules: [] } });
    expect(catalog.module.get("m")).toMatchObject({ slug: "m", tasks: [], quiz: {} });
  });

  it.each([
    ["75 where the task has none", { task_type: "quiz" }, 75],
    ["the task's own before the quiz's", { task_type: "quiz", passing_score: 50 }, 50],
    ["the task's own, though it is 0", { task_type: "quiz", passing_score: 0 }, 0],
    ["none for a task of another type", { task_type: "lab_attestation" }, undefined],
  ])("has the passing score: %s", (_, task, expected) => {
    const module = moduleOf(
      { completion_tasks: [{ task_slug: "t", ...task }] },
      { questions: [SOUND], passing_score: 75 },
    );
    expect(module.tasks[0]?.passingScore).toBe(expected);
  });

  it("changes the catalog's version with its answers, but is not in the catalog's sources", () => {
    const of = (correct_answer: string) => catalogOf(content({ questions: [{ ...SOUND, correct_answer }] }));
    expect(of("red").version).not.toBe(of("green").version);
    expect(JSON.stringify(of("red").modules.map(({ source }) => source))).toBe("[{}]");
  });
});

describe("a fault in a quiz", () => {
  it("is that nothing says when it is passed, since 0 of 4 would pass it", () => {
    const task = { completion_tasks: [{ task_slug: "t", task_type: "quiz" }] };
    const faults = faultsOf({ ...content({ questions: [SOUND] }), "modules/m/completion.json": task });
    expect(placesOf(faults)).toEqual(["modules/m/completion.json: completion_tasks.0"]);
    expect(faults[0]?.message).toMatch(/passing_score/);
  });

  it.each([
    ["no questions", { questions: [] }, "questions"],
    ["questions missing", {}, "questions"],
    ["a passing score above 100", { questions: [SOUND], passing_score: 101 }, "passing_score"],
    ["a passing score below 0", { questions: [SOUND], passing_score: -1 }, "passing_score"],
    ["a question twice", { questions: [SOUND, { ...SOUND }] }, "questions.1.id"],
    ["a list in place of an object", [SOUND], ""],
  ])("as a whole, %s, is told with its place", (_, quiz, path) => {
    expect(placesOf(faultsOf(content(quiz)))).toEqual([`modules/m/quiz.json: ${path}`]);
  });

  it.each([
    ["no id", { id: undefined }, "id"],
    ["an id with a space", { id: "q 1" }, "id"],
    ["no type", { type: undefined }, "type"],
    ["an unknown type", { type: "essay" }, "type"],
    ["one option", { options: ["red"] }, "options"],
    ["an empty option", { options: ["red", ""] }, "options.1"],
    ["a number as an option", { options: ["red", 2] }, "options.1"],
    ["an option twice", { options: ["red", "green", "red"] }, "options"],
    ["an option twice, once with an id", { options: ["red", { id: "red" }] }, "options"],
    ["no correct answer", { correct_answer: undefined }, "correct_answer"],
    ["an empty list of correct answers", { type: "multiple", correct_answer: [] }, "correct_answer"],
    ["a correct answer that is no option", { correct_answer: "crimson" }, "correct_answer"],
    ["a single choice with two correct answers", { correct_answer: ["red", "green"] }, "correct_answer"],
    ["no points", { points: 0 }, "points"],
    ["points below 0", { points: -1 }, "points"],
    ["points as a text", { points: "1" }, "points"],
  ])("in a question, %s, is told with its place", (_, question, path) => {
    expect(placesOf(faulty(question))).toEqual([`modules/m/quiz.json: questions.0.${path}`]);
  });

  it.each([
    ["a correct answer that is no option", { questions: [QUESTION] }],
    [
      "one of two that is no option",
      { questions: [{ ...QUESTION, type: "multiple", correct_answer: ["red", "crimson"] }] },
    ],
    ["bad JSON at the answer", '{"questions": [{"correct_answer": crimson}]}'],
    ["bad JSON after the answer", '{"questions": [{"correct_answer": "crimson"]}'],
    ["bad JSON that is the answer", "crimson"],
  ])("never quotes a correct answer, since anyone may see it: %s", (_, quiz) => {
    const faults = faultsOf(content(quiz));
    expect(faults).toHaveLength(1);
    expect(JSON.stringify(faults)).not.toContain("crimson");
  });

  it("stands beside those of other files", () => {
    const faults = faultsOf({ ...content({}), "modules/m/completion.json": { steps: "one" }, "courses/d.json": "{" });
    expect(placesOf(faults).sort()).toEqual([
      "courses/d.json: ",
      "modules/m/completion.json: steps",
      "modules/m/quiz.json: questions",
    ]);
  });
});
