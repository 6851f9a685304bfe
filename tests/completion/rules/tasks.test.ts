import { describe, expect, it } from "vitest";
import { taskPassedAt, tasks } from "../../../src/completion/rules/tasks.ts";
import type { Result } from "../../../src/model/result.ts";
import { moduleOf, resultsOf } from "../../support/builders/modules.ts";
import { at } from "../../support/builders/times.ts";

const QUIZ = { task_slug: "quiz", task_type: "quiz", passing_score: 75 };
const LAB = { task_slug: "lab", task_type: "lab_attestation" };
const EXTRA = { task_slug: "extra", required: false, passing_score: 50 };
const [nine, ten, eleven] = [at("09:00"), at("10:00"), at("11:00")];

const passedAt = (task: object, results: Result[]) => {
  const [only] = moduleOf({ completion_tasks: [task] }).tasks;
  return only && taskPassedAt(only, { tasks: results });
};

describe("a task with a passing score", () => {
  it.each([
    ["74.99 of 75", resultsOf(["quiz", ten, 74.99]), undefined],
    ["75 of 75", resultsOf(["quiz", ten, 75]), ten],
    ["75.01 of 75", resultsOf(["quiz", ten, 75.01]), ten],
    ["0", resultsOf(["quiz", ten, 0]), undefined],
    ["an attestation in place of a score", resultsOf(["quiz", ten]), undefined],
    ["the same score of another task", resultsOf(["quiz-2", ten, 100]), undefined],
    ["nothing", [], undefined],
  ] as const)("with %s is passed at %j", (_, results, time) => {
    expect(passedAt(QUIZ, [...results])).toBe(time);
  });

  it.each([
    ["when it was first reached, not when it was bettered", [nine, 80], [ten, 100], nine],
    ["when it was first reached, whatever arrived first", [ten, 100], [nine, 75], nine],
    ["by the second attempt", [nine, 74], [ten, 76], ten],
    ["still, though a later attempt was worse", [nine, 76], [ten, 10], nine],
  ] as const)("is passed %s", (_, [firstAt, first], [secondAt, second], time) => {
    expect(passedAt(QUIZ, resultsOf(["quiz", firstAt, first], ["quiz", secondAt, second]))).toBe(time);
  });

  it("of 0 is passed by a 0", () => {
    expect(passedAt({ ...QUIZ, passing_score: 0 }, resultsOf(["quiz", ten, 0]))).toBe(ten);
    expect(passedAt({ ...QUIZ, passing_score: 0 }, [])).toBeUndefined();
  });
});

describe("a task without a passing score", () => {
  it.each([
    ["an attestation", resultsOf(["lab", ten]), ten],
    ["a score, however low", resultsOf(["lab", ten, 0]), ten],
    ["whichever came first", resultsOf(["lab", eleven], ["lab", ten, 3]), ten],
    ["an attestation of another", resultsOf(["labs", ten]), undefined],
  ] as const)("is passed by %s: %j", (_, results, time) => {
    expect(passedAt(LAB, [...results])).toBe(time);
  });
});

describe("the tasks of a module", () => {
  const definition = moduleOf({ completion_tasks: [QUIZ, EXTRA, LAB] });

  it("ask for the required ones, in the order of the file", () => {
    expect(tasks(definition, {})).toEqual([
      { missing: { type: "task", slug: "quiz" }, metAt: undefined },
      { missing: { type: "task", slug: "lab" }, metAt: undefined },
    ]);
  });

  it("are met each at its time", () => {
    const facts = { tasks: resultsOf(["lab", nine], ["quiz", ten, 74], ["quiz", eleven, 90]) };
    expect(tasks(definition, facts).map(({ metAt }) => metAt)).toEqual([eleven, nine]);
  });

  it.each([
    ["open", []],
    ["failed", resultsOf(["extra", ten, 49])],
    ["passed", resultsOf(["extra", ten, 50])],
  ])("never wait for an optional one, be it %s", (_, results) => {
    expect(tasks(definition, { tasks: results })).toHaveLength(2);
    expect(tasks(moduleOf({ completion_tasks: [EXTRA] }), { tasks: results })).toEqual([]);
  });

  it("are none where the module has none, whatever was submitted", () => {
    expect(tasks(moduleOf({ steps: ["one"] }), { tasks: resultsOf(["quiz", ten, 100]) })).toEqual([]);
  });
});
