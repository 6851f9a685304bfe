import { describe, expect, it } from "vitest";
import type { Catalog } from "../../../src/catalog/catalog.ts";
import type { EntityState, Facts } from "../../../src/model/progress.ts";
import { moduleView } from "../../../src/service/read/module-view.ts";
import { catalogOfModules, resultsOf } from "../../support/builders/modules.ts";
import { flagOf, progressOf } from "../../support/builders/progress.ts";
import { at } from "../../support/builders/times.ts";

const [nine, ten] = [at("09:00"), at("10:00")];
const stepsOf = (count: number) => Array.from({ length: count }, (_, index) => `s${index + 1}`);
const doneSteps = (count: number): Facts => ({ steps: stepsOf(count).flatMap((step) => resultsOf([step, ten])) });

const view = (file: object, state: EntityState, catalog: Catalog = catalogOfModules({ m: file })) =>
  moduleView(catalog, "m", state);

describe("a module's status", () => {
  const rows: [string, object, EntityState, string][] = [
    ["nothing known", {}, { facts: {} }, "not_started"],
    ["recommended", {}, { facts: { recommendedAt: nine } }, "not_started"],
    ["started", {}, { facts: { startedAt: nine } }, "started"],
    ["marked complete", {}, { facts: { completedAt: ten } }, "completed"],
    ["a step done, without a start", { steps: ["a", "b"] }, { facts: { steps: resultsOf(["a", ten]) } }, "started"],
    [
      "a task submitted",
      { completion_tasks: [{ task_slug: "t", passing_score: 50 }] },
      { facts: { tasks: resultsOf(["t", ten, 10]) } },
      "started",
    ],
    [
      "a score",
      { score: { passing_score: 50, weights: { a: 1 } } },
      { facts: { scores: resultsOf(["a", ten, 10]) } },
      "started",
    ],
    [
      "conditions met, the flag still to come",
      { steps: ["a"] },
      { facts: { steps: resultsOf(["a", ten]) } },
      "completed",
    ],
    [
      "a flag under other conditions, while today's are not met",
      { steps: ["a"] },
      { facts: {}, flag: flagOf({ completedAt: ten }) },
      "not_started",
    ],
  ];
  it.each(rows)("with %s is told", (_, file, state, status) => {
    expect(view(file, state).status).toBe(status);
  });

  it("of a module that the catalog does not know is told", () => {
    expect(moduleView(catalogOfModules({}), "unknown", { facts: { completedAt: ten } })).toMatchObject({
      status: "completed",
      completedAt: ten,
      missing: [],
    });
  });
});

describe("a module's percentage", () => {
  it.each([
    [0, 4, 0],
    [1, 4, 25],
    [2, 4, 50],
    [3, 4, 75],
    [4, 4, 100],
    [1, 3, 33],
    [2, 3, 67],
    [1, 8, 13],
    [1, 200, 1],
    [1, 201, 0],
  ])("with %i of %i steps is %i", (done, all, percentage) => {
    expect(view({ steps: stepsOf(all) }, { facts: doneSteps(done) }).progressPercentage).toBe(percentage);
  });

  it("does not count a step twice, nor one that the module does not have", () => {
    const steps = resultsOf(["s1", nine], ["s1", ten], ["other", ten]);
    expect(view({ steps: stepsOf(4) }, { facts: { steps } }).progressPercentage).toBe(25);
  });

  it.each([
    ["is that of its conditions, without steps", { completion_tasks: [{ task_slug: "t" }, { task_slug: "u" }] }, 50],
    ["leaves optional tasks out", { completion_tasks: [{ task_slug: "t" }, { task_slug: "o", required: false }] }, 100],
    ["is that of the steps alone, beside tasks", { completion_tasks: [{ task_slug: "t" }], steps: ["a", "b"] }, 0],
    ["is not told of a module without conditions", {}, undefined],
    [
      "is not told of a module whose only task is optional",
      { completion_tasks: [{ task_slug: "t", required: false }] },
      undefined,
    ],
  ])("%s", (_, file, percentage) => {
    expect(view(file, { facts: { tasks: resultsOf(["t", ten]) } }).progressPercentage).toBe(percentage);
  });
});

describe("a module's tasks", () => {
  const file = {
    completion_tasks: [
      { task_slug: "quiz", task_type: "quiz", passing_score: 75, max_attempts: 3 },
      { task_slug: "lab", task_type: "lab_attestation" },
      { task_slug: "extra", required: false },
    ],
  };

  it("are told with best score, attestation and the moment when they were passed", () => {
    const tasks = resultsOf(["quiz", nine, 60], ["quiz", ten, 80], ["lab", nine], ["lab", ten]);
    const { tasks: views, missing } = view(file, { facts: { tasks } });
    expect(views).toMatchObject([
      { slug: "quiz", type: "quiz", maxAttempts: 3, bestScore: 80, attestedAt: null, passedAt: ten },
      { slug: "lab", bestScore: null, attestedAt: nine, passedAt: nine },
      { slug: "extra", required: false, bestScore: null, attestedAt: null, passedAt: null },
    ]);
    expect(missing).toEqual([]);
  });

  it("that failed show their best score, and are missing", () => {
    const { tasks, missing } = view(file, { facts: { tasks: resultsOf(["quiz", nine, 74.99], ["quiz", ten, 20]) } });
    expect(tasks?.[0]).toMatchObject({ bestScore: 74.99, passedAt: null });
    expect(missing).toEqual([
      { type: "task", slug: "quiz" },
      { type: "task", slug: "lab" },
    ]);
  });

  it("with a score of 0 show it", () => {
    expect(view(file, { facts: { tasks: resultsOf(["quiz", nine, 0]) } }).tasks?.[0]?.bestScore).toBe(0);
  });
});

describe("a module's score and steps", () => {
  it("show the cumulative score, complete or not", () => {
    const file = { score: { passing_score: 80, weights: { a: 1 } } };
    expect(view(file, { facts: {} }).cumulativeScore).toBe(0);
    expect(view(file, { facts: { scores: resultsOf(["a", ten, 79.99]) } })).toMatchObject({
      cumulativeScore: 79.99,
      status: "started",
      missing: [{ type: "score", score: 79.99, passing_score: 80 }],
    });
    expect(view(file, { facts: { scores: resultsOf(["a", ten, 80]) } })).toMatchObject({
      cumulativeScore: 80,
      completedAt: ten,
      missing: [],
    });
  });

  it("show each step's time, and the current one", () => {
    expect(view({ steps: ["a", "b"] }, { facts: { steps: resultsOf(["b", ten]) } })).toMatchObject({
      steps: [
        { step: "a", doneAt: null },
        { step: "b", doneAt: ten },
      ],
      currentStep: "b",
    });
  });

  it("are undefined where the module has none", () => {
    const plain = view({}, { facts: { scores: resultsOf(["a", ten, 1]), tasks: resultsOf(["t", ten]) } });
    expect(plain).toMatchObject({ cumulativeScore: undefined, tasks: undefined, steps: undefined, currentStep: null });
  });
});

describe("what is missing of a module", () => {
  const file = {
    completion_tasks: [{ task_slug: "t" }],
    score: { passing_score: 80, weights: { a: 1 } },
    steps: ["one"],
  };

  it("is every condition that is not met: tasks, then the score, then steps", () => {
    expect(view(file, { facts: {} }).missing.map(({ type }) => type)).toEqual(["task", "score", "step"]);
  });

  it.each([
    ["was flagged under other conditions", { facts: {}, flag: flagOf({ completedAt: ten }) }],
    ["was marked complete before it had conditions", { facts: { completedAt: ten } }],
  ])("is what today's conditions ask for, of one that %s", (_, state) => {
    const { completedAt, missing } = view(file, state);
    expect([completedAt, missing.length]).toEqual([undefined, 3]);
  });

  it("of one without conditions is itself", () => {
    expect(view({}, { facts: {} }).missing).toEqual([{ type: "module", slug: "m" }]);
  });
});

describe("a module's lock", () => {
  const catalog = catalogOfModules({ a: {}, m: { prerequisites: ["a"], enforce_order: true } });

  it("is not told without the learner's progress", () => expect(view({}, { facts: {} }, catalog).lock).toBeNull());

  it.each([
    ["by what precedes", {}, { by: [{ type: "module", slug: "a" }], enforced: true }],
    ["no more, once that is complete", { a: ten }, undefined],
  ])("is told %s", (_, modules, lock) => {
    expect(moduleView(catalog, "m", { facts: {} }, progressOf({ modules })).lock).toEqual(lock);
  });
});
