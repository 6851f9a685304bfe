import { describe, expect, it } from "vitest";
import { plainModule } from "../../src/catalog/catalog.ts";
import { faultsOf, placesOf } from "../support/builders/catalogs.ts";
import { moduleOf } from "../support/builders/modules.ts";

const FILE = "modules/m/completion.json";
/** The places of all faults, each once: a prerequisite that is no slug is not known either. */
const faulty = (file: unknown) => [
  ...new Set(placesOf(faultsOf({ "courses/c.json": { slug: "c", modules: ["m"] }, [FILE]: file }))),
];

describe("a module's file", () => {
  it("may say all that the catalog takes", () => {
    const file = {
      completion_tasks: [
        { task_slug: "quiz-1", task_type: "quiz", required: true, passing_score: 75, max_attempts: 3, trusted: true },
        { task_slug: "lab" },
        { task_slug: "extra", required: false },
      ],
      score: { passing_score: 80, trusted: true, weights: { quiz: 0.4, assignment: 0.6 } },
      steps: ["breathing", "Emotion naming"],
      prerequisites: [],
      enforce_order: true,
      completion_data: { type: "object" },
      review_items: [{ id: "hola", front: "hola", back: "hello" }],
      title: "Strings",
      optional: true,
      aliases: ["m-old"],
      retired: true,
      from: "2026-03-01",
      anything: "of the content's own",
    };
    expect(moduleOf(file)).toEqual({
      slug: "m",
      title: "Strings",
      optional: true,
      aliases: ["m-old"],
      retired: true,
      completion: { rule: "all" },
      from: "2026-03-01T00:00:00.000Z",
      tasks: [
        { slug: "quiz-1", type: "quiz", required: true, passingScore: 75, maxAttempts: 3, trusted: true },
        { slug: "lab", type: "task", required: true, passingScore: undefined, maxAttempts: undefined, trusted: false },
        {
          slug: "extra",
          type: "task",
          required: false,
          passingScore: undefined,
          maxAttempts: undefined,
          trusted: false,
        },
      ],
      score: { passingScore: 80, trusted: true, weights: { quiz: 0.4, assignment: 0.6 } },
      steps: ["breathing", "Emotion naming"],
      prerequisites: [],
      enforceOrder: true,
      completionData: { type: "object" },
      reviewItems: [{ id: "hola", front: "hola", back: "hello" }],
      quiz: undefined,
      source: file,
    });
  });

  it("may say nothing: then a module is as one without a file", () => {
    expect(moduleOf({})).toEqual(plainModule("m"));
  });

  it.each([
    ["a passing score of 0", { completion_tasks: [{ task_slug: "t", passing_score: 0 }] }],
    ["a passing score of 100", { completion_tasks: [{ task_slug: "t", passing_score: 100 }] }],
    ["one attempt", { completion_tasks: [{ task_slug: "t", max_attempts: 1 }] }],
    ["weights whose sum is not 1", { score: { passing_score: 80, weights: { a: 3, b: 4 } } }],
    ["a weight of 0 beside another", { score: { passing_score: 80, weights: { a: 0, b: 1 } } }],
    ["a step of 200 characters", { steps: ["s".repeat(200)] }],
    ["an empty side of a card", { review_items: [{ id: "a", front: "", back: "" }] }],
    ["a JSON Schema that is true", { completion_data: true }],
    ["a JSON Schema that is false", { completion_data: false }],
  ])("may have %s", (_, file) => expect(faulty(file)).toEqual([]));
});

describe("a fault in a module's file", () => {
  it.each([
    ["tasks that are no list", { completion_tasks: {} }, "completion_tasks"],
    ["a task without a slug", { completion_tasks: [{}] }, "completion_tasks.0.task_slug"],
    ["a task's slug with a space", { completion_tasks: [{ task_slug: "a b" }] }, "completion_tasks.0.task_slug"],
    ["an empty task type", { completion_tasks: [{ task_slug: "t", task_type: "" }] }, "completion_tasks.0.task_type"],
    ["trusted as a text", { completion_tasks: [{ task_slug: "t", trusted: "yes" }] }, "completion_tasks.0.trusted"],
    ["required as a text", { completion_tasks: [{ task_slug: "t", required: "no" }] }, "completion_tasks.0.required"],
    [
      "a passing score above 100",
      { completion_tasks: [{ task_slug: "t", passing_score: 100.01 }] },
      "completion_tasks.0.passing_score",
    ],
    [
      "a passing score below 0",
      { completion_tasks: [{ task_slug: "t", passing_score: -1 }] },
      "completion_tasks.0.passing_score",
    ],
    ["no attempts", { completion_tasks: [{ task_slug: "t", max_attempts: 0 }] }, "completion_tasks.0.max_attempts"],
    [
      "half an attempt",
      { completion_tasks: [{ task_slug: "t", max_attempts: 1.5 }] },
      "completion_tasks.0.max_attempts",
    ],
    [
      "a task twice",
      { completion_tasks: [{ task_slug: "t" }, { task_slug: "u" }, { task_slug: "t" }] },
      "completion_tasks",
    ],
    ["a score without a passing score", { score: { weights: { a: 1 } } }, "score.passing_score"],
    ["a passing score as a text", { score: { passing_score: "80", weights: { a: 1 } } }, "score.passing_score"],
    ["a score without weights", { score: { passing_score: 80 } }, "score.weights"],
    ["no weights", { score: { passing_score: 80, weights: {} } }, "score.weights"],
    ["weights that are all 0", { score: { passing_score: 80, weights: { a: 0, b: 0 } } }, "score.weights"],
    ["a weight below 0", { score: { passing_score: 80, weights: { a: 1, b: -1 } } }, "score.weights.b"],
    ["a component that is no slug", { score: { passing_score: 80, weights: { "a b": 1 } } }, "score.weights.a b"],
    ["steps that are no list", { steps: "one" }, "steps"],
    ["an empty step", { steps: ["one", ""] }, "steps.1"],
    ["a step of 201 characters", { steps: ["s".repeat(201)] }, "steps.0"],
    ["a step twice", { steps: ["one", "two", "one"] }, "steps"],
    ["a prerequisite that is no slug", { prerequisites: ["#"] }, "prerequisites.0"],
    ["enforce_order as a text", { enforce_order: "yes" }, "enforce_order"],
    ["a schema that is a text", { completion_data: "object" }, "completion_data"],
    ["a schema with an unknown type", { completion_data: { type: "numbers" } }, "completion_data"],
    [
      "a schema with a bad pattern",
      { completion_data: { properties: { a: { pattern: "(" } } } },
      "completion_data.properties.a.pattern",
    ],
    ["a schema that refers to nowhere", { completion_data: { $ref: "#/$defs/none" } }, "completion_data"],
    ["a review item without an id", { review_items: [{ front: "a", back: "b" }] }, "review_items.0.id"],
    ["a review item's id with #", { review_items: [{ id: "a#", front: "a", back: "b" }] }, "review_items.0.id"],
    ["a review item without a back", { review_items: [{ id: "a", front: "a" }] }, "review_items.0.back"],
    [
      "a review item twice",
      { review_items: ["a", "b", "a"].map((id) => ({ id, front: id, back: id })) },
      "review_items",
    ],
    ["null for an object", null, ""],
  ])("%s, is told with its place", (_, file, path) => expect(faulty(file)).toEqual([`${FILE}: ${path}`]));

  it("is told with all the others", () => {
    const file = {
      completion_tasks: [{}, { task_slug: "t", max_attempts: -1 }],
      steps: [1],
      score: {},
      enforce_order: 1,
    };
    expect(faulty(file).sort()).toEqual(
      [
        "completion_tasks.0.task_slug",
        "completion_tasks.1.max_attempts",
        "enforce_order",
        "score.passing_score",
        "score.weights",
        "steps.0",
      ].map((path) => `${FILE}: ${path}`),
    );
  });

  const many = (count: number) => Array.from({ length: count }, (_, index) => `n${index}`);
  it.each([
    [
      "tasks",
      (names: string[]) => ({ completion_tasks: names.map((task_slug) => ({ task_slug })) }),
      "completion_tasks",
    ],
    ["steps", (steps: string[]) => ({ steps }), "steps"],
    [
      "weights",
      (names: string[]) => ({
        score: { passing_score: 1, weights: Object.fromEntries(names.map((name) => [name, 1])) },
      }),
      "score.weights",
    ],
  ])("has at most 400 %s: all that a learner makes of them must fit into one item", (_, file, place) => {
    expect(faulty(file(many(400)))).toEqual([]);
    expect(faulty(file(many(401)))).toEqual([`${FILE}: ${place}`]);
  });

  it("allows at most 1,000 attempts of a task", () => {
    const file = (max_attempts: number) => ({ completion_tasks: [{ task_slug: "t", max_attempts }] });
    expect(faulty(file(1_000))).toEqual([]);
    expect(faulty(file(1_001))).toEqual([`${FILE}: completion_tasks.0.max_attempts`]);
  });
});
