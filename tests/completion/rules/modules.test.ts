import { describe, expect, it } from "vitest";
import { calculateModuleCompletion, isGated } from "../../../src/completion/calculate.ts";
import type { Mark } from "../../../src/model/mark.ts";
import type { Facts } from "../../../src/model/progress.ts";
import { moduleView } from "../../../src/service/read/module-view.ts";
import { catalogOfModules, resultsOf } from "../../support/builders/modules.ts";
import { at } from "../../support/builders/times.ts";

const [nine, ten, eleven, noon] = [at("09:00"), at("10:00"), at("11:00"), at("12:00")];
const quiz = { task_slug: "quiz", passing_score: 50 };
const lab = { task_slug: "lab" };
const extra = { task_slug: "extra", required: false };
const marked = (when: string, more: Partial<Mark> = {}): Facts => ({
  marks: [{ at: when, receivedAt: when, known: true, own: true, ...more }],
});
const passed = (when: string): Facts => ({ tasks: resultsOf(["quiz", when, 80]) });

const completionOf = (file: object, facts: Facts, asOf = noon) =>
  calculateModuleCompletion(catalogOfModules({ m: file }).at(asOf), "m", { facts });
const missingOf = (file: object, facts: Facts) =>
  completionOf(file, facts).missing.map(({ type, slug }) => `${type} ${slug}`);

describe("a module with a quiz, complete by it or by a mark", () => {
  const file = { completion: { rule: "any" }, completion_tasks: [quiz] };

  it.each([
    ["the quiz passed", passed(ten), ten],
    ["the quiz failed", { tasks: resultsOf(["quiz", ten, 40]) }, undefined],
    ["a mark", marked(ten), ten],
    ["a mark from before anybody knew it", marked(ten, { known: false }), ten],
    ["a mark, and later the quiz", { ...passed(eleven), ...marked(ten) }, ten],
    ["the quiz, and later a mark", { ...passed(nine), ...marked(ten) }, nine],
    ["neither", {}, undefined],
  ] as [string, Facts, string | undefined][])("after %s", (_, facts, completedAt) => {
    expect(completionOf(file, facts).completedAt).toBe(completedAt);
  });

  it("says what either way lacks", () => {
    expect(completionOf(file, {})).toEqual({
      completed: false,
      progress: { completed: 0, total: 2, needed: 1, shortBy: 1 },
      missing: [
        { type: "task", slug: "quiz" },
        { type: "module", slug: "m" },
      ],
    });
  });

  it("takes a mark from before its conditions at its time, and one from then on as soon as they are in force", () => {
    const from = { ...file, from: ten };
    expect(completionOf(from, marked(nine)).completedAt).toBe(nine);
    expect(completionOf(from, marked(nine, { receivedAt: eleven })).completedAt).toBe(ten);
    expect(completionOf(from, marked(eleven)).completedAt).toBe(eleven);
  });
});

describe("conditions in groups", () => {
  const steps = ["one", "two"];
  const stepsDone = (...times: string[]): Facts => ({
    steps: resultsOf(...times.map((time, index): [string, string] => [steps[index] as string, time])),
  });
  const conditions = { completion_tasks: [quiz, lab, extra], steps };

  it.each([
    ["all of them without a rule", {}, ["task quiz", "task lab", "step one", "step two"]],
    [
      "a task that is not required, where it is named",
      { rule: "all", of: ["extra", "quiz"] },
      ["task extra", "task quiz"],
    ],
    ["a mark, where it is named", { rule: "all", of: ["mark", "lab"] }, ["module m", "task lab"]],
    ["the steps, by one name", { rule: "any", of: ["steps", "lab"] }, ["step one", "step two", "task lab"]],
    ["no mark under at-least", { rule: "at-least", count: 1 }, ["task quiz", "task lab", "step one", "step two"]],
  ])("ask for %s", (_, completion, missing) => {
    expect(missingOf({ ...conditions, ...("rule" in completion && { completion }) }, {})).toEqual(missing);
  });

  it("count the steps as one condition, which one step does not meet", () => {
    const file = { ...conditions, completion: { rule: "any" } };
    expect(completionOf(file, stepsDone(nine)).completed).toBe(false);
    expect(completionOf(file, stepsDone(nine, ten)).completedAt).toBe(ten);
    expect(completionOf({ ...conditions, completion: { rule: "at-least", count: 2 } }, stepsDone(nine, ten))).toEqual({
      completed: false,
      progress: { completed: 2, total: 4, needed: 2, shortBy: 1 },
      missing: [
        { type: "task", slug: "quiz" },
        { type: "task", slug: "lab" },
      ],
    });
  });

  it("nest", () => {
    const file = {
      ...conditions,
      score: { passing_score: 50, weights: { exam: 1 } },
      completion: { rule: "any", of: ["score", { rule: "all", of: ["quiz", "steps"] }] },
    };
    expect(completionOf(file, { ...passed(nine), ...stepsDone(nine, eleven) }).completedAt).toBe(eleven);
    expect(completionOf(file, { scores: resultsOf(["exam", ten, 60]) }).completedAt).toBe(ten);
  });

  it("tell a task that is called like another condition by its kind", () => {
    const file = {
      completion_tasks: [{ task_slug: "steps" }, { task_slug: "mark" }],
      steps,
      completion: { rule: "all", of: ["steps", { task: "mark" }] },
    };
    expect(missingOf(file, {})).toEqual(["step one", "step two", "task mark"]);
  });
});

describe("a module whose rule asks for a mark alone", () => {
  it.each([
    ["names nothing else", { rule: "all", of: ["mark"] }, [quiz]],
    ["has nothing else", { rule: "any" }, []],
  ])("is as one without conditions, where it %s", (_, completion, completion_tasks) => {
    const catalog = catalogOfModules({ m: { completion, completion_tasks } });
    expect(isGated(catalog, "m")).toBe(false);
    expect(calculateModuleCompletion(catalog, "m", { facts: marked(ten) })).toMatchObject({ completedAt: ten });
  });
});

describe("a module's percentage", () => {
  const percentage = (file: object, facts: Facts) =>
    moduleView(catalogOfModules({ m: file }).at(noon), "m", { facts }).progressPercentage;
  const tasks = { completion_tasks: ["a", "b", "c", "d"].map((task_slug) => ({ task_slug })) };
  const one = { tasks: resultsOf(["a", ten]) };

  it.each([
    ["of all tasks", tasks, one, 25],
    ["of the two that are needed", { ...tasks, completion: { rule: "at-least", count: 2 } }, one, 50],
    ["of half of them", { ...tasks, completion: { rule: "at-least-percent", percent: 50 } }, one, 50],
    ["of either", { ...tasks, completion: { rule: "any" } }, {}, 0],
    ["of either, met", { ...tasks, completion: { rule: "any" } }, one, 100],
    ["of the steps, where all are needed", { ...tasks, steps: ["x", "y"] }, { steps: resultsOf(["x", ten]) }, 50],
    [
      "of the rule, where it names no steps",
      { ...tasks, steps: ["x"], completion: { rule: "all", of: ["a", "b"] } },
      one,
      50,
    ],
  ] as [string, object, Facts, number][])("is the share %s", (_, file, facts, share) => {
    expect(percentage(file, facts)).toBe(share);
  });
});
