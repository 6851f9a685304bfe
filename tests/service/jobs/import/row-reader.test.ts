import { describe, expect, it } from "vitest";
import { Mapping } from "../../../../src/service/jobs/import/mapping.ts";
import { rowReader } from "../../../../src/service/jobs/import/row-reader.ts";
import type { Layout, Row } from "../../../../src/service/jobs/import/rows.ts";
import { at } from "../../../support/builders/times.ts";

const NOW = at("12:00");
const place = { number: 1, line: 2, bytes: 0 };

/** What a row comes to: events as `name slug …`, refusals by code, what was skipped by reason. */
function readingOf(mapping: object, layout: Layout, row: object) {
  const { events, refusals, skipped } = rowReader(Mapping.parse(mapping), layout, NOW)({ ...place, ...row } as Row);
  return {
    events: events.map(({ learner, raw }) => {
      const { eventName, payload } = raw as { eventName: string; payload: Record<string, unknown> };
      return [learner, eventName.replace("learning_", ""), ...Object.values(payload)];
    }),
    refusals: refusals.map(({ code }) => code),
    skipped,
  };
}

const csv = (mapping: object, columns: string, cells: string) =>
  readingOf(mapping, { format: "csv", columns: columns.split("|") }, { cells: cells.split("|") });
const json = (mapping: object, document: unknown) => readingOf(mapping, { format: "ndjson" }, { document });

const TIME = "2026-01-18T10:00:00.000Z";
const none = { events: [], refusals: [], skipped: [] };
const user = { learner: { column: "User" } };
const done = { completed_at: { column: "Done" } };
const flat = { ...user, ...done, entity: { column: "What" } };
const valued = { ...flat, entity: { column: "What", values: { A: { module: "a" }, C: { course: "c" }, L: "skip" } } };
const reason = "Imported";

describe("a row of a flat file becomes", () => {
  it.each([
    [
      "a completion of the module that it names",
      flat,
      `u1|a|${TIME}`,
      { events: [["u1", "module_completed", "a", TIME]] },
    ],
    ["one of what the value means", valued, `u1|A|${TIME}`, { events: [["u1", "module_completed", "a", TIME]] }],
    [
      "an imported waiver of a course",
      valued,
      `u1|C|${TIME}`,
      { events: [["u1", "course_waived", "c", "imported", TIME, TIME, reason]] },
    ],
    ["nothing where the value is left out", valued, `u1|L|${TIME}`, { skipped: ["named_skip"] }],
    ["a refusal of a value that has no meaning", valued, `u1|B|${TIME}`, { refusals: ["UNKNOWN_VALUE"] }],
    ["a refusal of what is no slug", flat, `u1|Lesson 1|${TIME}`, { refusals: ["UNKNOWN_VALUE"] }],
    ["a refusal without a learner", flat, `|a|${TIME}`, { refusals: ["NO_LEARNER"] }],
    ["a refusal of a learner whom no path can name", flat, `..|a|${TIME}`, { refusals: ["NO_LEARNER"] }],
    ["a refusal without a module", flat, `u1||${TIME}`, { refusals: ["NO_ENTITY"] }],
    ["nothing without a date", flat, "u1|a|", { skipped: ["no_date"] }],
    ["nothing where it is blank", flat, " || ", { skipped: ["blank"] }],
    ["a refusal of what is no date", flat, "u1|a|soon", { refusals: ["BAD_DATE"] }],
    ["a refusal of a date before 2000", flat, "u1|a|1999-12-31", { refusals: ["TIMESTAMP_TOO_OLD"] }],
    ["a refusal of a date to come", flat, "u1|a|2027-01-01", { refusals: ["TIMESTAMP_IN_FUTURE"] }],
  ])("%s", (_, mapping, cells, expected) => {
    expect(csv(mapping, "User|What|Done", cells)).toEqual({ ...none, ...expected });
  });
});

describe("what a value may be besides its meanings", () => {
  it.each([
    ["skip", { skipped: ["named_skip"] }],
    ["slug", { events: [["u1", "module_completed", "b", TIME]] }],
  ])("%s", (others, expected) => {
    const entity = { ...valued.entity, others };
    expect(csv({ ...valued, entity }, "User|What|Done", `u1|b|${TIME}`)).toEqual({ ...none, ...expected });
  });
});

describe("a score", () => {
  const scored = (score: object, more: object = {}) => ({
    ...user,
    ...done,
    entity: { module: "a" },
    score: { column: "Grade", ...score },
    ...more,
  });
  const task = (score: object, ts = TIME) => ["u1", "task_submitted", "a", "quiz", score, ts];
  const completed = ["u1", "module_completed", "a", TIME];
  it.each([
    [
      "comes before the completion of its moment",
      scored({ task: "quiz" }),
      "87.5",
      { events: [task({ raw: 87.5, min: 0, max: 100 }), completed] },
    ],
    [
      "may have a comma, a limit and a sign",
      scored({ task: "quiz", decimal: ",", max: 10 }),
      "8,5 %",
      { events: [task({ raw: 8.5, min: 0, max: 10 }), completed] },
    ],
    [
      "may be of a component",
      scored({ component: "exam" }),
      "50",
      { events: [["u1", "module_scored", "a", { exam: { raw: 50, min: 0, max: 100 } }, TIME], completed] },
    ],
    ["is none where it says so", scored({ task: "quiz", none: ["-"] }), "-", { events: [completed] }],
    ["is none where nothing says of what it is", scored({}), "50", { events: [completed] }],
    ["that is no number refuses its row", scored({ task: "quiz" }), "good", { refusals: ["BAD_SCORE"] }],
    ["below the least refuses its row", scored({ task: "quiz", min: 10 }), "5", { refusals: ["BAD_SCORE"] }],
    [
      "of a course is not looked at",
      scored({ task: "quiz" }, { entity: { course: "c" } }),
      "50",
      { events: [["u1", "course_waived", "c", "imported", TIME, TIME, reason]] },
    ],
    [
      "is of the task that its entity names",
      scored({ task: "other" }, { entity: { module: "a", task: "quiz" } }),
      "50",
      { events: [task({ raw: 50, min: 0, max: 100 }), completed] },
    ],
  ])("%s", (_, mapping, grade, expected) => {
    expect(csv(mapping, "User|Done|Grade", `u1|${TIME}|${grade}`)).toEqual({ ...none, ...expected });
  });

  it("counts where the row is not complete", () => {
    const mapping = scored({ task: "quiz" }, { when: { column: "State", is: ["passed"] } });
    expect(csv(mapping, "User|Done|Grade|State", `u1|${TIME}|50|failed`).events).toEqual([
      task({ raw: 50, min: 0, max: 100 }),
    ]);
  });

  it("without a time refuses its row", () => {
    expect(csv(scored({ task: "quiz" }), "User|Done|Grade", "u1||50").refusals).toEqual(["NO_DATE"]);
  });
});

describe("a row is complete by what it says", () => {
  const state = (when: object) => ({ ...user, ...done, entity: { module: "a" }, when: { column: "State", ...when } });
  it.each([
    [{ is: ["yes", "done"] }, "done", true],
    [{ is: ["yes"] }, "Yes", false],
    [{ is_not: ["no", ""] }, "maybe", true],
    [{ is_not: ["no", ""] }, " ", false],
    [{ at_least: 1 }, "1.0", true],
    [{ at_least: 1 }, "0.99", false],
    [{ at_least: 0 }, "", false],
  ])("%o: %s", (when, cell, isComplete) => {
    const { events, skipped } = csv(state(when), "User|Done|State", `u1|${TIME}|${cell}`);
    expect([events.length, skipped]).toEqual(isComplete ? [1, []] : [0, ["not_complete"]]);
  });

  it("and where it does not say since when, it is refused, or has the default", () => {
    const mapping = state({ is: ["done"] });
    expect(csv(mapping, "User|Done|State", "u1||done").refusals).toEqual(["NO_DATE"]);
    const defaults = { completed_at: TIME };
    expect(csv({ ...mapping, defaults }, "User|Done|State", "u1||done").events).toEqual([
      ["u1", "module_completed", "a", TIME],
    ]);
  });
});

it("a row with a column for each module says something of each", () => {
  const mapping = {
    learner: { column: 2, as: "email" },
    columns: { A: { module: "a" }, B: "skip", C: { course: "c" } },
    when: { offset: 0, is: ["x"] },
    completed_at: { offset: 1 },
    defaults: { reason: "Elsewhere" },
  };
  const { events, skipped } = csv(mapping, "|Mail|A||B||C|", `n|ADA@x.org|x|${TIME}|x|${TIME}|x|${TIME}`);
  expect(events).toEqual([
    ["ada@x.org", "module_completed", "a", TIME],
    ["ada@x.org", "course_waived", "c", "imported", TIME, TIME, "Elsewhere"],
  ]);
  expect(skipped).toEqual(["named_skip"]);
});

it("a learner who is missing in a row with many columns is missing once", () => {
  const mapping = { ...user, columns: { A: { module: "a" }, B: { module: "b" } }, completed_at: { offset: 0 } };
  expect(csv(mapping, "User|A|B", `|${TIME}|${TIME}`).refusals).toEqual(["NO_LEARNER"]);
});

describe("of a document is read", () => {
  const nested = (more: object) => ({ learner: { path: "id" }, completed_at: { path: "at" }, ...more });
  it.each([
    [
      "what a path leads to",
      { learner: { path: "who.id" }, entity: { path: "what" }, completed_at: { path: "t.done" } },
      { who: { id: 7 }, what: "a", t: { done: TIME } },
      [["7", "module_completed", "a", TIME]],
    ],
    [
      "a key with dots, by a list",
      { learner: { path: ["who.id"] }, entity: { module: "a" }, completed_at: { column: "at" } },
      { "who.id": "u1", at: TIME },
      [["u1", "module_completed", "a", TIME]],
    ],
    [
      "every key that a star stands for",
      nested({ each: "done.*", entity: { key: 1 } }),
      { id: "u1", done: { a: { at: TIME }, b: { at: TIME } } },
      [
        ["u1", "module_completed", "a", TIME],
        ["u1", "module_completed", "b", TIME],
      ],
    ],
    [
      "every item of a list",
      nested({ each: "done.*", entity: { path: "m" } }),
      { id: "u1", done: [{ m: "a", at: TIME }] },
      [["u1", "module_completed", "a", TIME]],
    ],
    [
      "the document's own, with a dollar",
      nested({ each: "done.*", entity: { key: 1 }, completed_at: { path: "$.on" } }),
      { id: "u1", on: TIME, done: { a: 1 } },
      [["u1", "module_completed", "a", TIME]],
    ],
    [
      "a learner of each",
      {
        learner: { path: "nobody" },
        statements: [
          {
            each: "by.*",
            learner: { path: "id" },
            entity: { path: "$.course", type: "course" },
            completed_at: { path: "at" },
          },
        ],
      },
      { course: "c", by: [{ id: "u1", at: TIME }] },
      [["u1", "course_waived", "c", "imported", TIME, TIME, reason]],
    ],
    [
      "nothing of what is not there",
      nested({ each: "done.*.modules.*", entity: { key: 2 } }),
      { id: "u1", done: { c: 1, d: null } },
      [],
    ],
    ["nothing of what every object has", nested({ each: "constructor.*", entity: { key: 1 } }), { id: "u1" }, []],
  ])("%s", (_, mapping, document, events) => {
    expect(json(mapping, document)).toEqual({ ...none, events });
  });
});

it("starts and enrolments have dates of their own", () => {
  const early = "2026-01-17T10:00:00.000Z";
  const dates = {
    started_at: { column: "Begun" },
    enrolled_at: { column: "Begun" },
    defaults: { enrollment_source: "old" },
  };
  const mapping = { ...valued, ...dates };
  expect(csv(mapping, "User|What|Done|Begun", `u1|A||${early}`).events).toEqual([["u1", "module_started", "a", early]]);
  expect(csv(mapping, "User|What|Done|Begun", `u1|C||${early}`).events).toEqual([
    ["u1", "course_enrolled", "c", early, "old"],
  ]);
});

it("a module's completion may be brought along as a waiver", () => {
  const { events } = csv({ ...flat, as: "waiver" }, "User|What|Done", `u1|a|${TIME}`);
  expect(events).toEqual([["u1", "module_waived", "a", "imported", TIME, TIME, reason]]);
});

describe("a mapping that does not fit the file is refused at once", () => {
  it.each([
    [
      "a column that is not there",
      flat,
      ["User", "What"],
      /names the column Done, which the file does not have. Its columns are: User, What\./,
    ],
    [
      "a column that is there twice",
      flat,
      ["User", "What", "Done", "Done"],
      /2 columns have this heading: the numbers 3, 4/,
    ],
    ["a number that is too large", { ...flat, learner: { column: 9 } }, ["User", "What", "Done"], /names the column 9/],
    ["a path in a CSV file", { ...flat, learner: { path: "id" } }, ["User", "What", "Done"], /a path, a key or `each`/],
  ])("%s", (_, mapping, columns, message) => {
    expect(() => rowReader(Mapping.parse(mapping), { format: "csv", columns }, NOW)).toThrow(message);
  });
});

describe("a mapping has one form", () => {
  it.each([
    ["entity and columns", { ...flat, columns: { A: "skip" } }],
    ["neither", { ...user, ...done }],
    ["two places of a value", { ...flat, learner: { column: "a", path: "b" } }],
    ["no place of a value", { ...flat, learner: { as: "id" } }],
    ["a key that nobody knows", { ...flat, learners: 1 }],
    ["statements beside one at the top", { ...flat, statements: [{ entity: { module: "a" } }] }],
    ["two conditions", { ...flat, when: { column: "a", is: ["x"], at_least: 1 } }],
    ["a slug that is none", { ...flat, entity: { module: "no slug" } }],
  ])("not with %s", (_, mapping) => {
    expect(Mapping.safeParse(mapping).success).toBe(false);
  });
});

it("a row gives the same events wherever it stands, and others where it says something else", () => {
  const read = rowReader(Mapping.parse(flat), { format: "csv", columns: ["User", "What", "Done"] }, NOW);
  const idOf = (number: number, ...cells: string[]) => {
    const [event] = read({ ...place, number, cells }).events;
    return (event as { raw: object } as { raw: { eventId: string } }).raw.eventId;
  };
  const first = idOf(1, "u1", "a", TIME);
  expect(first).toMatch(/^import-[0-9a-f]{32}$/);
  expect(idOf(99, "u1", " a", "2026-01-18T11:00:00+01:00")).toBe(first);
  expect(new Set([first, idOf(1, "u2", "a", TIME), idOf(1, "u1", "b", TIME), idOf(1, "u1", "a", NOW)]).size).toBe(4);
});
