import { describe, expect, it } from "vitest";
import { camelKeys } from "../../src/model/case.ts";
import { parseEvent } from "../../src/model/parse-event.ts";
import { eventOf, faultyPaths, NEEDED_FIELDS, RECEIVED_AT, rawEvent } from "../support/builders/events.ts";
import { plus } from "../support/builders/times.ts";

const MINUTES_5 = 300_000;
const rows = Object.entries(NEEDED_FIELDS);
const fieldRows = rows.flatMap(([name, needs]) => Object.keys(needs).map((field) => ({ name, field, needs })));
const WRONG_TEXTS = [1, true, ["strings"], { slug: "strings" }, "a\u0000b", "a\uD800", "x".repeat(201)];
/** Values that a field refuses, where its form is not that of a text. */
const WRONG: Record<string, unknown[]> = {
  reason: [1, true, ["text"], "   ", "a\u0000b", "a\uD800", "x".repeat(501)],
  count: [0, -1, 1.5, 1_001, "1", true],
  score: [-1, "80", true, [80], { value: 80 }],
  scores: [1, true, "quiz", ["quiz"], {}],
};
/** What a field is read as, where that is not what was sent. */
const READ_AS: Record<string, unknown> = { alias: "learner@example.com" };
const readAs = (fields: Record<string, unknown>) =>
  Object.fromEntries(Object.entries(fields).map(([key, value]) => [key, READ_AS[key] ?? value]));
const allNull = (fields: object, value: unknown) => Object.fromEntries(Object.keys(fields).map((key) => [key, value]));

describe("the fields of an event", () => {
  it.each(rows)("%s: stand in payload", (name, needs) => {
    expect(eventOf(rawEvent(name, needs))).toEqual({
      name,
      ...camelKeys(readAs(needs)),
      id: expect.any(String),
      identity: expect.stringMatching(/^[0-9a-f]{32}$/),
      learnerId: "123",
      at: RECEIVED_AT,
      receivedAt: RECEIVED_AT,
    });
  });

  it.each(rows)("%s: stand at the top, without any payload", (name, needs) => {
    const { payload: _, ...raw } = rawEvent(name, {}, needs);
    expect(eventOf(raw)).toEqual(eventOf(rawEvent(name, needs)));
  });

  it.each(rows)("%s: stand in both places and are the same", (name, needs) => {
    expect(eventOf(rawEvent(name, needs, needs))).toEqual(eventOf(rawEvent(name, needs)));
  });

  it.each([null, ""])("%j in payload stands for nothing beside a field at the top", (none) => {
    for (const [name, needs] of rows)
      expect(eventOf(rawEvent(name, allNull(needs, none), needs))).toEqual(eventOf(rawEvent(name, needs)));
  });

  it.each(fieldRows)("$name: $field differs between the two places", ({ name, field, needs }) => {
    expect(faultyPaths(rawEvent(name, needs, { [field]: "other" }))).toEqual([field]);
  });

  it.each(fieldRows)("$name: $field is missing, null or empty", ({ name, field, needs }) => {
    const { [field]: _, ...others } = needs;
    for (const payload of [others, { ...others, [field]: null }, { ...others, [field]: "" }])
      expect(faultyPaths(rawEvent(name, payload))).toEqual([`payload.${field}`]);
  });

  it.each(fieldRows)("$name: $field is not of the right form", ({ name, field, needs }) => {
    for (const value of WRONG[field] ?? WRONG_TEXTS) {
      expect(faultyPaths(rawEvent(name, { ...needs, [field]: value }))).toEqual([`payload.${field}`]);
      expect(faultyPaths(rawEvent(name, {}, { ...needs, [field]: value }))).toEqual([field]);
    }
  });

  it.each(fieldRows.filter(({ field }) => field.endsWith("slug")))("$name: # in $field", ({ name, field, needs }) => {
    expect(faultyPaths(rawEvent(name, { ...needs, [field]: "a#b" }))).toEqual([`payload.${field}`]);
  });

  it("say in which course and pathway, and from where", () => {
    const context = { course_slug: "ruby", pathway_slug: "full-stack", enrollment_source: "course page" };
    for (const [name, needs] of rows)
      expect(eventOf(rawEvent(name, needs, context))).toMatchObject({
        courseSlug: "ruby",
        pathwaySlug: "full-stack",
        enrollmentSource: "course page",
      });
  });

  const task = { module_slug: "strings", task_slug: "quiz-1" };
  const scored = (scores: unknown) => ({ module_slug: "strings", scores });
  const session = { session_id: "s1", session_type: "module" };
  const review = { module_slug: "strings", item_id: "hola", rating: "good" };

  it.each<[string, string, Record<string, unknown>, string[]]>([
    ["learning_module_progressed", "a step too long", { module_slug: "m", step: "x".repeat(201) }, ["step"]],
    ["learning_module_progressed", "no module and no step", {}, ["module_slug", "step"]],
    ["learning_task_submitted", "no result", task, ["score"]],
    ["learning_task_submitted", "a score and attested", { ...task, score: 80, attested: true }, ["score"]],
    ["learning_task_submitted", "a score and answers", { ...task, score: 80, answers: { q: "a" } }, ["score"]],
    ["learning_task_submitted", "attested and answers", { ...task, attested: true, answers: { q: "a" } }, ["score"]],
    ["learning_task_submitted", "all three", { ...task, score: 0, attested: true, answers: {} }, ["score"]],
    ["learning_task_submitted", "a score below 0", { ...task, score: -0.000001 }, ["score"]],
    [
      "learning_task_submitted",
      "a score on a scale upside down",
      { ...task, score: { raw: 1, min: 2, max: 1 } },
      ["score"],
    ],
    ["learning_task_submitted", "a score that is a text", { ...task, score: "80" }, ["score"]],
    ["learning_task_submitted", "attested that is false", { ...task, attested: false }, ["attested"]],
    ["learning_task_submitted", "attested that is a text", { ...task, attested: "true" }, ["attested"]],
    ["learning_task_submitted", "attested that is 1", { ...task, attested: 1 }, ["attested"]],
    ["learning_task_submitted", "answers that are a list", { ...task, answers: ["a"] }, ["answers"]],
    ["learning_task_submitted", "answers that are a text", { ...task, answers: "a" }, ["answers"]],
    ["learning_module_scored", "no score", scored({}), ["scores"]],
    ["learning_module_scored", "a list of scores", scored([80]), ["scores"]],
    ["learning_module_scored", "a score below 0", scored({ quiz: -1, lab: 80 }), ["scores.quiz"]],
    [
      "learning_module_scored",
      "a score below its scale",
      scored({ quiz: 80, lab: { raw: 0, min: 1, max: 2 } }),
      ["scores.lab"],
    ],
    ["learning_module_scored", "two bad scores", scored({ quiz: "80", lab: null }), ["scores.quiz", "scores.lab"]],
    ["learning_module_scored", "a component with #", scored({ "a#b": 80 }), ["scores.a#b"]],
    ["learning_module_scored", "a component without a name", scored({ "": 80 }), ["scores."]],
    ["learning_session_started", "an id with a space", { ...session, session_id: "module strings" }, ["session_id"]],
    ["learning_session_started", "an id with #", { ...session, session_id: "a#b" }, ["session_id"]],
    ["learning_session_started", "an id too long", { ...session, session_id: "x".repeat(129) }, ["session_id"]],
    ["learning_session_started", "a type too long", { ...session, session_type: "x".repeat(101) }, ["session_type"]],
    ["learning_session_started", "a module with #", { ...session, module_slug: "a#b" }, ["module_slug"]],
    ["learning_session_started", "a source too long", { ...session, source: "x".repeat(201) }, ["source"]],
    ["learning_session_started", "a language that is a list", { ...session, language: ["es"] }, ["language"]],
    [
      "learning_session_ended",
      "counts below 0",
      { ...session, items_studied: -1, items_correct: -5 },
      ["items_studied", "items_correct"],
    ],
    ["learning_session_ended", "half an item", { ...session, items_studied: 1.5 }, ["items_studied"]],
    ["learning_session_ended", "a count that is a text", { ...session, items_correct: "3" }, ["items_correct"]],
    ["learning_session_ended", "a count beyond all", { ...session, items_correct: 1e300 }, ["items_correct"]],
    ["learning_item_reviewed", "no known rating", { ...review, rating: "great" }, ["rating"]],
    ["learning_item_reviewed", "a rating in capitals", { ...review, rating: "Good" }, ["rating"]],
    ["learning_item_reviewed", "a rating that is a number", { ...review, rating: 3 }, ["rating"]],
    ["learning_item_reviewed", "a rating that all objects have", { ...review, rating: "constructor" }, ["rating"]],
    ["learning_item_reviewed", "an item with #", { ...review, item_id: "a#b" }, ["item_id"]],
    ["learning_item_reviewed", "an item with a space", { ...review, item_id: "a b" }, ["item_id"]],
  ])("%s: is refused with %s", (name, _, fields, paths) => {
    expect(faultyPaths(rawEvent(name, fields))?.sort()).toEqual(paths.map((path) => `payload.${path}`).sort());
    expect(
      faultyPaths({ ...rawEvent(name), payload: null, ...fields })
        ?.map((path) => path.replace(/^payload\./, ""))
        .sort(),
    ).toEqual(paths.toSorted());
  });

  it.each<[string, string, Record<string, unknown>, object]>([
    [
      "learning_module_progressed",
      "a step in any words",
      { module_slug: "m", step: "Schritt #1 😀" },
      { step: "Schritt #1 😀" },
    ],
    ["learning_task_submitted", "no point at all", { ...task, score: 0 }, { score: 0 }],
    ["learning_task_submitted", "all points", { ...task, score: 100 }, { score: 100 }],
    ["learning_task_submitted", "a score in millionths", { ...task, score: 100 / 3 }, { score: 33.333333 }],
    ["learning_task_submitted", "attested", { ...task, attested: true, score: null }, { attested: true }],
    ["learning_task_submitted", "no answers", { ...task, answers: {} }, { answers: {} }],
    [
      "learning_task_submitted",
      "answers of any kind",
      { ...task, answers: { q: "a", r: ["a", "b"], s: null, t: { u: 1 } } },
      { answers: { q: "a", r: ["a", "b"], s: null, t: { u: 1 } } },
    ],
    [
      "learning_module_scored",
      "several scores",
      scored({ quiz: 0, lab: 2 / 3 }),
      { scores: { quiz: 0, lab: 0.666666 } },
    ],
    [
      "learning_module_scored",
      "a component named constructor",
      scored({ constructor: 5 }),
      { scores: { constructor: 5 } },
    ],
    [
      "learning_session_started",
      "all that it may say",
      { ...session, module_slug: "m", source: "menu", language: "es" },
      { sessionId: "s1", sessionType: "module", moduleSlug: "m", source: "menu", language: "es" },
    ],
    [
      "learning_session_ended",
      "counts",
      { ...session, items_studied: 3, items_correct: 0 },
      { itemsStudied: 3, itemsCorrect: 0 },
    ],
    ...["again", "hard", "good", "easy"].map((rating): [string, string, Record<string, unknown>, object] => [
      "learning_item_reviewed",
      rating,
      { ...review, rating },
      { rating },
    ]),
    ...[0, -1.5e300, false, true, "text", [], {}, [null, [1]], { a: { b: [null, "", 1] }, __proto__: 1 }].map(
      (data): [string, string, Record<string, unknown>, object] => [
        "learning_module_completed",
        `completion_data of ${JSON.stringify(data)}`,
        { module_slug: "m", completion_data: data },
        { completionData: data },
      ],
    ),
  ])("%s: is taken with %s", (name, _, fields, expected) => {
    expect(eventOf(rawEvent(name, fields))).toMatchObject(expected);
    expect(eventOf(rawEvent(name, {}, fields))).toMatchObject(expected);
  });

  it.each([null, ""])("learning_module_completed: completion_data of %j are none", (none) => {
    const event = eventOf(rawEvent("learning_module_completed", { module_slug: "m", completion_data: none }));
    expect(event).not.toHaveProperty("completionData");
  });

  it("may be unknown ones, which are left out", () => {
    const raw = rawEvent("learning_module_started", { module_slug: "m", mood: "good" }, { theme: { dark: true } });
    expect(Object.keys(eventOf(raw)).sort()).toEqual([
      "at",
      "id",
      "identity",
      "learnerId",
      "moduleSlug",
      "name",
      "receivedAt",
    ]);
  });

  it.each(["learning_course_completed", "learning_pathway_completed"] as const)(
    "%s: completed_at is normalised, and is not ts",
    (name) => {
      const payload = { ...NEEDED_FIELDS[name], ts: "2026-01-18T11:00:00Z", completed_at: "2026-01-18T11:30:00+02:00" };
      expect(eventOf(rawEvent(name, payload))).toMatchObject({
        at: "2026-01-18T11:00:00.000Z",
        completedAt: "2026-01-18T09:30:00.000Z",
      });
      expect(faultyPaths(rawEvent(name, { ...payload, completed_at: "yesterday" }))).toEqual(["payload.completed_at"]);
    },
  );

  it("are all judged at once", () => {
    const raw = rawEvent("learning_page_viewed", { content_type: 1, ts: "now" }, { course_slug: "a b" });
    expect(faultyPaths(raw)?.sort()).toEqual(["course_slug", "payload.content_type", "payload.slug", "payload.ts"]);
  });
});

describe("the envelope of an event", () => {
  const sound = rawEvent("learning_module_started", { module_slug: "m" });
  it.each([
    ["an unknown name", { eventName: "learning_module_paused" }, "eventName"],
    ["no name", { eventName: undefined }, "eventName"],
    ["a name that all objects have", { eventName: "constructor" }, "eventName"],
    ["no learner", { contactIdentifier: undefined }, "contactIdentifier"],
    ["a learner without contactId and email", { contactIdentifier: {} }, "contactIdentifier"],
    ["a contactId that is a list", { contactIdentifier: { contactId: [] } }, "contactIdentifier.contactId"],
    ["a payload that is a list", { payload: [] }, "payload"],
    ["a payload that is a text", { payload: "{}" }, "payload"],
    ["an eventId with a blank", { eventId: "a b" }, "eventId"],
    ["an eventId with #", { eventId: "a#b" }, "eventId"],
    ["an eventId outside ASCII", { eventId: "ä" }, "eventId"],
    ["an eventId of 129 characters", { eventId: "x".repeat(129) }, "eventId"],
    ["an eventId that is a number", { eventId: 1 }, "eventId"],
  ])("is refused with %s", (_, change, path) => expect(faultyPaths({ ...sound, ...change })).toEqual([path]));

  it("is judged at once", () => {
    expect(faultyPaths({ eventId: "a b", payload: 1 })?.sort()).toEqual([
      "contactIdentifier",
      "eventId",
      "eventName",
      "payload",
    ]);
  });

  it.each([
    ["the envelope is faulty", { ...sound, eventId: "id-1", payload: 1 }, "id-1"],
    ["a field is faulty", { ...sound, eventId: "id-1", payload: {} }, "id-1"],
    ["there is none", { ...sound, payload: {} }, undefined],
    ["it is empty", { ...sound, eventId: "", payload: {} }, undefined],
    ["it is no text", { ...sound, eventId: 1 }, undefined],
    ["it is too long, and then cut", { ...sound, eventId: "x".repeat(1_000) }, "x".repeat(128)],
  ])("names the eventId of a refused event when %s", (_, raw, eventId) => {
    expect(parseEvent(raw, RECEIVED_AT)).toMatchObject({ ok: false, eventId });
  });
});

describe("the time of an event", () => {
  const sent = (ts: unknown) => parseEvent(rawEvent("learning_module_started", { module_slug: "m", ts }), RECEIVED_AT);

  it.each([undefined, null, ""])("is that of receipt where ts is %j", (ts) => {
    expect(sent(ts)).toMatchObject({ ok: true, event: { at: RECEIVED_AT }, warnings: [] });
  });

  it.each([
    ["long ago", -10 * 365 * 86_400_000],
    ["now", 0],
    ["5:00.000 ahead", MINUTES_5],
  ])("is ts when that is %s", (_, offset) => {
    const ts = plus(RECEIVED_AT, offset);
    expect(sent(ts)).toMatchObject({ ok: true, event: { at: ts }, warnings: [] });
  });

  it.each([
    ["5:00.001 ahead", plus(RECEIVED_AT, MINUTES_5 + 1), "TIMESTAMP_IN_FUTURE"],
    [
      "5:00.001 ahead in another zone",
      plus(RECEIVED_AT, MINUTES_5 + 1 + 7_200_000).replace("Z", "+02:00"),
      "TIMESTAMP_IN_FUTURE",
    ],
    ["years ahead", "9999-12-31T23:59:59Z", "TIMESTAMP_IN_FUTURE"],
    ["a millisecond before 2000", "1999-12-31T23:59:59.999Z", "TIMESTAMP_TOO_OLD"],
    ["before 2000 in UTC", "2000-01-01T00:59:59+01:00", "TIMESTAMP_TOO_OLD"],
    ["1970", "1970-01-01T00:00:00Z", "TIMESTAMP_TOO_OLD"],
    ["the year 1", "0001-01-01T00:00:00Z", "TIMESTAMP_TOO_OLD"],
  ])("is that of first receipt, with a warning, when ts is %s", (_, ts, code) => {
    expect(sent(ts)).toMatchObject({
      ok: true,
      event: { at: RECEIVED_AT },
      isTimedByReceipt: true,
      warnings: [{ code, message: expect.stringContaining("first receipt") }],
    });
  });

  it("is ts from the year 2000 on", () => {
    expect(sent("2000-01-01T00:00:00Z")).toMatchObject({
      event: { at: "2000-01-01T00:00:00.000Z" },
      isTimedByReceipt: false,
      warnings: [],
    });
  });

  it.each([
    ["neither ts nor eventId, since it is new each time", {}, {}, false],
    ["an eventId and no ts", {}, { eventId: "one" }, true],
    ["a ts that is believed", { ts: RECEIVED_AT }, { eventId: "one" }, false],
  ])("with %s: its first receipt is looked for is %s", (_, fields, top, isTimedByReceipt) => {
    const raw = rawEvent("learning_module_started", { module_slug: "m", ...fields }, top);
    expect(parseEvent(raw, RECEIVED_AT)).toMatchObject({ ok: true, isTimedByReceipt });
  });

  it("may stand at the top", () => {
    const raw = rawEvent("learning_module_started", { module_slug: "m" }, { ts: "2026-01-18T10:00:00Z" });
    expect(eventOf(raw).at).toBe("2026-01-18T10:00:00.000Z");
  });

  it.each(["2026-02-30T10:00:00Z", "2026-01-18T10:00:00", "yesterday", 1_768_731_300_000, {}])("is never %j", (ts) => {
    expect(sent(ts)).toMatchObject({ ok: false, errors: [{ path: "payload.ts" }] });
  });
});

describe("what is wrong with a field is said in our own words", () => {
  const decided = { reason: "because" };
  it.each<[string, object, RegExp]>([
    ["learning_module_completed", {}, /^Expected a slug/],
    ["learning_module_completed", { module_slug: 5 }, /^Expected a slug/],
    ["learning_session_started", { session_type: "module" }, /^Expected 1 to 128 printable/],
    ["learning_event_voided", { ...decided, event_id: "" }, /^Expected 1 to 128 printable/],
    ["learning_event_voided", { event_id: "e", reason: "  " }, /^Expected the reason/],
    ["learning_attempts_granted", { ...decided, module_slug: "m", task_slug: "t", count: 1e9 }, /from 1 to 1000$/],
    ["learning_attempts_granted", { ...decided, module_slug: "m", task_slug: "t", count: 1.5 }, /from 1 to 1000$/],
    [
      "learning_session_started",
      { session_id: "s", session_type: "x".repeat(300) },
      /^Expected a text of 1 to \d+ characters/,
    ],
  ])("%s of %j", (eventName, payload, message) => {
    const contactIdentifier = { contactId: "1" };
    const event = parseEvent({ eventName, contactIdentifier, payload }, "2026-01-18T10:15:00.000Z");
    expect(event.ok ? [] : "errors" in event && event.errors.map((error) => error.message)).toEqual([
      expect.stringMatching(message),
    ]);
  });
});
