import { describe, expect, it } from "vitest";
import { MAX_COMPLETION_DATA_BYTES } from "../../src/completion/check-data.ts";
import { type InterpretedEvent, interpretEvent } from "../../src/completion/interpret-event.ts";
import type { Refusal } from "../../src/completion/refusal.ts";
import { sourceOf } from "../../src/model/source.ts";
import { eventOf, NEEDED_FIELDS, RECEIVED_AT, rawEvent } from "../support/builders/events.ts";
import { catalogOfModules } from "../support/builders/modules.ts";

const catalog = catalogOfModules(
  {
    strings: {},
    gated: {
      completion_tasks: [
        { task_slug: "quiz", task_type: "quiz", passing_score: 75, max_attempts: 3 },
        { task_slug: "lab", task_type: "lab_attestation" },
        { task_slug: "untyped", required: false },
        { task_slug: "marked", required: false, passing_score: 50 },
        { task_slug: "essay", task_type: "assignment", required: false },
      ],
      score: { passing_score: 80, weights: { quiz: 1 } },
      steps: ["one"],
    },
    optional: { completion_tasks: [{ task_slug: "extra", required: false }] },
    data: {
      completion_data: {
        type: "object",
        properties: {
          mood: { type: "string" },
          intensity: { type: "number", minimum: 0, maximum: 100 },
          place: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
        },
        required: ["mood", "intensity"],
      },
    },
    closed: { completion_data: false },
    vocabulary: { review_items: [{ id: "hola", front: "hola", back: "hello" }] },
  },
  {
    "modules/gated/quiz.json": {
      questions: [
        { id: "q1", type: "single", options: ["crimson", "green"], correct_answer: "crimson", points: 3 },
        { id: "q2", type: "single", options: ["crimson", "green"], correct_answer: "green" },
      ],
    },
    "pathways/p.json": { slug: "p", courses: ["c"] },
  },
);

const prepared = (name: string, fields: object): InterpretedEvent | Refusal =>
  interpretEvent(catalog, eventOf(rawEvent(`learning_${name}`, fields)));
const taken = (name: string, fields: object): InterpretedEvent => {
  const outcome = prepared(name, fields);
  if ("accepted" in outcome) throw new Error(outcome.reason);
  return outcome;
};
const refused = (name: string, fields: object): Refusal => {
  const outcome = prepared(name, fields);
  if (!("accepted" in outcome)) throw new Error("Not refused");
  return outcome;
};
const task = (fields: object) => taken("task_submitted", { module_slug: "gated", task_slug: "quiz", ...fields });

const NEEDED = { ...NEEDED_FIELDS, learning_task_submitted: { ...NEEDED_FIELDS.learning_task_submitted, score: 1 } };

describe("an event with the least that it needs", () => {
  const unrefusable = Object.entries(NEEDED).filter(([name]) => !/(course|pathway)_completed$/.test(name));
  it.each(unrefusable)("%s is taken, whatever the catalog knows", (name, fields) => {
    const event = eventOf(rawEvent(name, fields));
    expect(interpretEvent(catalog, event)).toMatchObject({ event, claim: undefined, grade: undefined });
  });
});

describe("a submitted task", () => {
  it.each([
    ["all right", { q1: "crimson", q2: "green" }, 100],
    ["3 of 4 points", { q1: "crimson", q2: "crimson" }, 75],
    ["1 of 4 points", { q2: "green" }, 25],
    ["nothing", {}, 0],
  ])("with answers is graded: %s", (_, answers, score) => {
    const { event, grade, facts, attempt } = task({ answers });
    expect(grade?.score).toBe(score);
    expect(event).toMatchObject({ score, answers });
    expect(facts).toEqual([
      {
        entity: { type: "module", slug: "gated" },
        facts: { tasks: [{ key: "quiz", at: RECEIVED_AT, value: score, source: sourceOf(event.id) }] },
      },
    ]);
    expect(attempt).toMatchObject({ kind: "task", moduleSlug: "gated", taskSlug: "quiz", score, answers });
  });

  it("with answers shows no correct answer that was not given", () => {
    const { grade, attempt, facts, warnings } = task({ answers: { q1: "green", q2: "green" } });
    expect(JSON.stringify({ grade, attempt, facts, warnings })).not.toMatch(/crimson/);
  });

  it.each([
    ["a score", { score: 80 }, { score: 80 }, 80],
    ["a score of 0", { score: 0 }, { score: 0 }, 0],
    ["an attestation", { task_slug: "lab", attested: true }, { attested: true, taskSlug: "lab" }, true],
  ])("with %s is taken as it is", (_, fields, kept, value) => {
    const { grade, facts, attempt, event } = task(fields);
    expect(grade).toBeUndefined();
    expect(facts[0]?.facts.tasks).toEqual([
      { key: attempt?.taskSlug, at: RECEIVED_AT, value, source: sourceOf(event.id) },
    ]);
    expect(attempt).toEqual({
      eventId: expect.any(String),
      identity: expect.any(String),
      occurredAt: RECEIVED_AT,
      receivedAt: RECEIVED_AT,
      moduleSlug: "gated",
      catalogVersion: expect.any(String),
      kind: "task",
      taskSlug: "quiz",
      ...kept,
    });
  });

  it.each([
    ["of a module without a quiz", "strings"],
    ["of a module that the catalog does not know", "unknown"],
  ])("with answers %s is refused: there is nothing to grade by", (_, module_slug) => {
    expect(refused("task_submitted", { module_slug, task_slug: "quiz", answers: { q1: "crimson" } })).toMatchObject({
      code: "QUIZ_NOT_FOUND",
      reason: expect.stringContaining(module_slug),
    });
  });

  it.each([
    ["with a limit", "quiz", 3],
    ["without one", "lab", undefined],
    ["that the module does not have", "other", undefined],
  ])("%s carries it along", (_, task_slug, most) => {
    expect(task({ task_slug, score: 1 }).maxAttempts).toBe(most);
  });
});

describe("a completion", () => {
  it.each([
    ["of a module without conditions is a fact", "strings", false],
    ["of a module with conditions is a claim, and no fact", "gated", true],
    ["of a module whose only task is optional is a fact", "optional", false],
    ["of a module that the catalog does not know is a fact", "unknown", false],
  ])("%s", (_, module_slug, isClaim) => {
    const { claim, facts, attempt, event } = taken("module_completed", { module_slug });
    const source = sourceOf(event.id);
    const entity = { type: "module", slug: module_slug };
    const mark = { at: RECEIVED_AT, receivedAt: RECEIVED_AT, known: module_slug !== "unknown", own: false, source };
    expect(claim).toEqual(isClaim ? { claimed: entity, claimedAt: RECEIVED_AT, source } : undefined);
    expect(facts).toEqual(isClaim ? [] : [{ entity, facts: { completedAt: RECEIVED_AT, marks: [mark] } }]);
    expect(attempt).toMatchObject({ kind: isClaim ? "claim" : "completion", moduleSlug: module_slug });
    expect(attempt).not.toHaveProperty("completionData");
  });

  it.each([
    ["course", "c", true],
    ["pathway", "p", true],
    ["course", "unknown", false],
    ["pathway", "unknown", false],
  ])("of the %s %s is a claim, if the catalog knows it: %s", (type, slug, known) => {
    const outcome = prepared(`${type}_completed`, { [`${type}_slug`]: slug, completed_at: "2026-01-18T09:00:00Z" });
    expect(outcome).toMatchObject(
      known
        ? {
            facts: [],
            claim: { claimed: { type, slug }, claimedAt: "2026-01-18T09:00:00.000Z" },
            attempt: { kind: "claim", [`${type}Slug`]: slug },
          }
        : { accepted: false, code: `UNKNOWN_${type.toUpperCase()}` },
    );
  });
});

describe("a result of a task", () => {
  it.each([
    ["answers", "a lab", { task_slug: "lab", answers: {} }, "WRONG_KIND_OF_RESULT"],
    ["an attestation", "one with a mark", { task_slug: "marked", attested: true }, "WRONG_KIND_OF_RESULT"],
    ["an attestation", "an assignment", { task_slug: "essay", attested: true }, "WRONG_KIND_OF_RESULT"],
    ["answers", "a task without a type", { task_slug: "untyped", answers: {} }, "WRONG_KIND_OF_RESULT"],
    ["an attestation", "a quiz", { task_slug: "quiz", attested: true }, "WRONG_KIND_OF_RESULT"],
  ])("by %s is not for %s", (_, __, fields, code) => {
    expect(refused("task_submitted", { module_slug: "gated", ...fields })).toMatchObject({ code });
  });

  it("by an attestation is for a task of which content says nothing more", () => {
    expect(prepared("task_submitted", { module_slug: "gated", task_slug: "untyped", attested: true })).toMatchObject({
      facts: [{ facts: { tasks: [{ key: "untyped", value: true }] } }],
    });
  });

  it("of a quiz that we grade is no score from the learner's own browser", () => {
    const sent = eventOf(rawEvent("learning_task_submitted", { module_slug: "gated", task_slug: "quiz", score: 100 }));
    expect(interpretEvent(catalog, sent, false)).toMatchObject({ accepted: false, code: "FORBIDDEN" });
    expect(interpretEvent(catalog, sent, true)).not.toHaveProperty("accepted");
  });

  it.each([
    ["a task", "task_submitted", { module_slug: "gated", task_slug: "later", score: 90 }, "tasks"],
    ["a task of a module", "task_submitted", { module_slug: "later", task_slug: "t", attested: true }, "tasks"],
    ["a score", "module_scored", { module_slug: "strings", scores: { oral: 90 } }, "scores"],
  ] as const)("of %s that nobody knows counts from a server alone", (_, name, fields, kind) => {
    const sent = eventOf(rawEvent(`learning_${name}`, fields));
    const factsBy = (isTrusted: boolean) =>
      (interpretEvent(catalog, sent, isTrusted) as InterpretedEvent).facts[0]?.facts;
    expect(factsBy(true)?.[kind]).toHaveLength(1);
    expect(factsBy(false)?.[kind]).toBeUndefined();
  });

  it.each([
    ["above 100 counts as 100", 105, 100, ["SCORE_ABOVE_100"]],
    ["below 1 is taken as it is", 0.85, 0.85, ["SCORE_BELOW_1"]],
    ["a hair below the mark stays below it", 79.9999999, 79.999999, []],
    ["on a scale of its own", { raw: 15, min: 10, max: 20 }, 50, []],
    ["of 0", 0, 0, []],
    ["of 1", 1, 1, []],
  ])("with a score %s", (_, score, value, codes) => {
    const { facts, warnings } = task({ score });
    expect(facts[0]?.facts.tasks).toMatchObject([{ value }]);
    expect(warnings.map(({ code }) => code)).toEqual(codes);
  });

  it("may have its answers as a list, and a question that the quiz does not have is told", () => {
    const asList = task({
      answers: [
        { id: "q1", value: "crimson" },
        { id: "q9", value: "x" },
      ],
    });
    expect(asList.grade).toEqual(task({ answers: { q1: "crimson", q9: "x" } }).grade);
    expect(asList.warnings.map(({ code }) => code)).toEqual(["UNKNOWN_QUESTION"]);
    expect(asList.attempt).toMatchObject({ questions: asList.grade?.questions, quizVersion: expect.any(String) });
  });
});

describe("completion data", () => {
  const complete = (completion_data: unknown, module_slug = "data") =>
    prepared("module_completed", { module_slug, completion_data });
  const mood = { mood: "Calm", intensity: 40 };

  it.each([
    ["what is asked", mood],
    ["more than is asked", { ...mood, place: { city: "Pune" }, other: [1, { deep: null }] }],
    ["the bounds of a number", { ...mood, intensity: 0 }],
    ["the other bound", { ...mood, intensity: 100 }],
  ])("with %s are kept as they are", (_, data) => {
    expect(complete(data)).toMatchObject({ attempt: { completionData: data } });
  });

  it.each([
    ["a number out of bounds", { ...mood, intensity: 100.01 }, ["intensity"]],
    ["a wrong type", { ...mood, intensity: "40" }, ["intensity"]],
    ["nothing that is required", {}, ["mood", "intensity"]],
    ["a fault inside", { ...mood, place: {} }, ["place.city"]],
    ["every fault at once", { mood: 1, intensity: -1, place: { city: 2 } }, ["mood", "intensity", "place.city"]],
    ["a text in place of an object", "Calm", [""]],
  ])("with %s are refused, with every fault's place", (_, data, paths) => {
    const refusal = complete(data) as Refusal;
    expect(refusal).toMatchObject({ accepted: false, code: "SCHEMA_VALIDATION_FAILED" });
    expect(refusal.errors?.map(({ path }) => path).sort()).toEqual(
      paths.map((path) => ["payload.completion_data", path].filter(Boolean).join(".")).sort(),
    );
  });

  it.each([
    ["a module without a schema", "strings", { any: ["thing"] }],
    ["an unknown module", "unknown", "text"],
    ["a module without a schema, be it false", "strings", false],
    ["a module without a schema, be it 0", "strings", 0],
    ["a module with conditions", "gated", { any: 1 }],
  ])("of %s are not checked", (_, slug, data) => {
    expect(complete(data, slug)).toMatchObject({ attempt: { completionData: data } });
  });

  it("of a module that wants none are refused, whatever they are", () => {
    expect(complete({}, "closed")).toMatchObject({ code: "SCHEMA_VALIDATION_FAILED" });
    expect(prepared("module_completed", { module_slug: "closed" })).toMatchObject({ warnings: [] });
  });

  describe("of a size", () => {
    const sized = (bytes: number, character = "x") => {
      const bare = Buffer.byteLength(JSON.stringify({ note: "" }));
      const note = character.repeat((bytes - bare) / Buffer.byteLength(character));
      return { note: note + "x".repeat(bytes - bare - Buffer.byteLength(note)) };
    };
    it.each([
      ["32 KB exactly", sized(32 * 1024), true],
      ["one byte more", sized(32 * 1024 + 1), false],
      ["32 KB in letters of four bytes", sized(32 * 1024, "😀"), true],
      ["one byte more in letters of four bytes", sized(32 * 1024 + 1, "😀"), false],
      ["a little, with white space that does not count", JSON.parse(`{${" ".repeat(40_000)}"note":1}`), true],
    ])("of %s are taken: %s", (_, data, isTaken) => {
      expect(Buffer.byteLength(JSON.stringify(data)) <= MAX_COMPLETION_DATA_BYTES).toBe(isTaken);
      const outcome = complete(data, "strings");
      expect(outcome).toMatchObject(
        isTaken ? { attempt: { completionData: data } } : { accepted: false, code: "PAYLOAD_TOO_LARGE" },
      );
    });
  });
});

describe("what the catalog does not know is kept, with a warning", () => {
  const scored = { module_slug: "gated", scores: { quiz: 80 } };
  const rows: [string, string, object, string[]][] = [
    ["a module", "module_started", { module_slug: "unknown" }, ["UNKNOWN_MODULE"]],
    [
      "a course and a pathway",
      "module_started",
      { module_slug: "strings", course_slug: "x", pathway_slug: "y" },
      ["UNKNOWN_COURSE", "UNKNOWN_PATHWAY"],
    ],
    ["a task", "task_submitted", { module_slug: "gated", task_slug: "x", score: 1 }, ["UNKNOWN_TASK"]],
    [
      "a task of an unknown module",
      "task_submitted",
      { module_slug: "unknown", task_slug: "x", score: 1 },
      ["UNKNOWN_MODULE"],
    ],
    ["a step", "module_progressed", { module_slug: "gated", step: "two" }, ["UNKNOWN_STEP"]],
    [
      "components of a score, each",
      "module_scored",
      { ...scored, scores: { quiz: 1, a: 1, b: 1 } },
      ["UNKNOWN_COMPONENT", "UNKNOWN_COMPONENT"],
    ],
    [
      "a component that every object has",
      "module_scored",
      { ...scored, scores: { constructor: 1 } },
      ["UNKNOWN_COMPONENT"],
    ],
    [
      "a component of a module without a score",
      "module_scored",
      { ...scored, module_slug: "strings" },
      ["UNKNOWN_COMPONENT"],
    ],
    [
      "a review item",
      "item_reviewed",
      { module_slug: "vocabulary", item_id: "adios", rating: "good" },
      ["UNKNOWN_ITEM"],
    ],
    [
      "a session's module",
      "session_started",
      { session_id: "s", session_type: "module", module_slug: "unknown" },
      ["UNKNOWN_MODULE"],
    ],
    [
      "nothing, where all is known",
      "task_submitted",
      { module_slug: "gated", task_slug: "quiz", score: 1, course_slug: "c" },
      [],
    ],
    ["nothing, where the step is known", "module_progressed", { module_slug: "gated", step: "one" }, []],
    ["nothing, where the components are known", "module_scored", scored, []],
    [
      "nothing, where the item is known",
      "item_reviewed",
      { module_slug: "vocabulary", item_id: "hola", rating: "good" },
      [],
    ],
    ["nothing, where no module is named", "session_started", { session_id: "s", session_type: "conversation" }, []],
  ];
  it.each(rows)("%s", (_, name, fields, codes) => {
    expect(taken(name, fields).warnings.map(({ code }) => code)).toEqual(codes);
  });
});

it("only tasks, scores, completions, claims and decisions are attempts", () => {
  const kinds = Object.entries(NEEDED).flatMap(([name, fields]) => {
    const outcome = interpretEvent(
      catalog,
      eventOf(rawEvent(name, { ...fields, course_slug: "c", pathway_slug: "p" })),
    );
    return "accepted" in outcome || outcome.attempt === undefined ? [] : [outcome.attempt.kind];
  });
  expect(kinds.sort()).toEqual(["claim", "claim", "completion", ...Array(8).fill("decision"), "score", "task"]);
});
