import { connect, type Socket } from "node:net";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { tagOf } from "../../src/api/cursor.ts";
import { PROBLEMS } from "../../src/api/problems.ts";
import {
  type Answer,
  completedModule,
  event,
  request,
  type Service,
  startService,
  writeContent,
} from "../support/processes/service.ts";
import { holds } from "../support/vitest/property.ts";
import { RUNS } from "../support/vitest/runs.ts";
import { contentDir } from "./content.ts";

/** What runs away takes longer than this on any machine, and what does not is far below it on a busy one. */
const ANSWER_WITHIN_MS = 240_000;

// A module with everything that a definition may have.
const GATED = {
  "modules/gated/completion.json": {
    completion_tasks: [
      { task_slug: "quiz", task_type: "quiz" },
      { task_slug: "lab", max_attempts: 2 },
    ],
    score: { passing_score: 50, weights: { quiz: 1, constructor: 1 } },
    steps: ["one", "two"],
    completion_data: { type: "object", properties: { mood: { type: "string" } }, required: ["mood"] },
    review_items: [{ id: "i", front: "front", back: "back" }],
  },
  "modules/gated/quiz.json": {
    passing_score: 50,
    questions: [{ id: "q", type: "single", options: ["a", "b"], correct_answer: "a" }],
  },
};

let service: Service;
beforeAll(async () => {
  service = await startService({ CONTENT_DIR: writeContent(contentDir(), GATED) });
});

/** Whatever comes in, what goes out is an answer that its receiver can act on. */
function expectSound({ status, headers, text, body }: Answer): void {
  expect(text).not.toMatch(/\n\s+at |node_modules|node:internal|\.ts:\d+/);
  if (status < 400) return;
  expect(status).toBeLessThan(500);
  expect(headers.get("content-type")).toBe("application/problem+json");
  expect(body).toMatchObject({
    status,
    title: expect.any(String),
    detail: expect.any(String),
    type: expect.stringMatching(/^urn:/),
  });
  expect(PROBLEMS).toHaveProperty([body.code]);
  expect(PROBLEMS[body.code as keyof typeof PROBLEMS].status).toBe(status);
}

type Body = NonNullable<RequestInit["body"]>;
const send = (body: Body, headers: Record<string, string> = {}) =>
  request(service.url, "/events/track", {
    method: "POST",
    headers: { "Content-Type": "application/json", ...headers },
    body,
    signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
  });

const good = (payload: object = {}) => ({
  ...completedModule("mallory", "strings"),
  payload: { module_slug: "strings", ts: "2026-01-18T10:00:00Z", ...payload },
});
const named = (name: string, fields: object) => ({
  ...event(name, "mallory", { ts: "2026-01-18T10:00:00Z", module_slug: "gated", ...fields }),
});
const without = (...keys: string[]) =>
  Object.fromEntries(Object.entries(good()).filter(([key]) => !keys.includes(key)));
const bytes = (...parts: (string | number[])[]) =>
  new Uint8Array(Buffer.concat(parts.map((part) => Buffer.from(part as string))));

const JSON_CODE = "INVALID_JSON";
const SCHEMA = "SCHEMA_VALIDATION_FAILED";

describe("A body", () => {
  it.each<[string, Body, string?]>([
    ["that is empty", "", JSON_CODE],
    ["of white space", " \r\n\t ", JSON_CODE],
    ["that is no JSON", "hello", JSON_CODE],
    ["that is cut short", JSON.stringify(good()).slice(0, -1), JSON_CODE],
    ["with something behind it", `${JSON.stringify(good())} x`, JSON_CODE],
    ["with a comma too many", '{"eventName":"learning_module_started",}', JSON_CODE],
    ["in single quotes", "{'eventName':'learning_module_started'}", JSON_CODE],
    ["of two values", `${JSON.stringify(good())}${JSON.stringify(good())}`, JSON_CODE],
    ["with NaN", '{"eventName":NaN}', JSON_CODE],
    ["of a null byte", "\0", JSON_CODE],
    ["with a null byte behind it", `${JSON.stringify(good())}\0`, JSON_CODE],
    ["of a form", "eventName=learning_module_started&module_slug=strings", JSON_CODE],
    ["of XML", '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY y SYSTEM "file:///etc/passwd">]><x>&y;</x>', JSON_CODE],
    ["of invalid UTF-8", bytes('{"eventName":"', [0xff, 0xfe, 0xc3, 0x28], '"}'), JSON_CODE],
    ["of a surrogate in UTF-8", bytes('{"eventName":"', [0xed, 0xa0, 0x80], '"}'), JSON_CODE],
    ["of an overlong slash", bytes('{"eventName":"', [0xc0, 0xaf], '"}'), JSON_CODE],
    ["in UTF-16", bytes([0xff, 0xfe], [...Buffer.from(JSON.stringify(good()), "utf16le")]), JSON_CODE],
    ["after a byte order mark", `\uFEFF${JSON.stringify(good())}`],
    ["of 33 lists", "[".repeat(33) + "]".repeat(33), JSON_CODE],
    ["of 100 000 open lists", "[".repeat(100_000), JSON_CODE],
    ["of 100 000 lists", "[".repeat(100_000) + "]".repeat(100_000), JSON_CODE],
    ["of 40 000 objects", `${'{"a":'.repeat(40_000)}1${"}".repeat(40_000)}`, JSON_CODE],
    [
      "of 50 000 lists inside a payload",
      JSON.stringify(good()).replace("}", `,"x":${"[".repeat(50_000)}${"]".repeat(50_000)}}`),
      JSON_CODE,
    ],
    ["of brackets in a text", JSON.stringify(good({ note: '[{"'.repeat(1_000) }))],
    ["of a number of 200 000 digits", `{"eventName":${"9".repeat(200_000)}}`, SCHEMA],
    [
      "of a number beyond all",
      '{"eventName":"learning_module_started","contactIdentifier":{"contactId":1e999},"payload":{"module_slug":"a"}}',
      SCHEMA,
    ],
    ["of a list of 100 000 numbers", `[${"1,".repeat(100_000)}1]`, SCHEMA],
    [
      "of 20 000 keys",
      JSON.stringify(good(Object.fromEntries(Array.from({ length: 20_000 }, (_, key) => [`k${key}`, 1])))),
    ],
    ["of a text", '"text"', SCHEMA],
    ["of a number", "1", SCHEMA],
    ["of null", "null", SCHEMA],
    ["of true", "true", SCHEMA],
    ["of a list", "[]", SCHEMA],
    ["of a list of an event", JSON.stringify([good()]), SCHEMA],
    ["of an empty object", "{}", SCHEMA],
    [
      "with each key twice, the last of which stands",
      '{"eventName":"nothing","eventName":"learning_page_viewed","contactIdentifier":{"contactId":"a"},"payload":{"content_type":"x","content_type":"y","slug":"z"}}',
    ],
    ["whose events are a text", '{"events":"x"}', SCHEMA],
    ["whose events are null", '{"events":null}', SCHEMA],
    ["whose events are an object", JSON.stringify({ events: { 0: good(), length: 1 } }), SCHEMA],
    ["whose events are none", '{"events":[]}', SCHEMA],
    ["whose events are no objects", '{"events":[null,1,"x",[],{}]}'],
    ["whose events are batches", JSON.stringify({ events: [{ events: [good()] }] })],
  ])("%s", async (_, body, code) => {
    const answer = await send(body);
    expectSound(answer);
    expect(answer.status).toBe(code === undefined ? 200 : 400);
    if (code !== undefined) expect(answer.body.code).toBe(code);
    else
      for (const { status, error } of answer.body.results ?? [])
        expect([status, error?.code]).toEqual(["refused", SCHEMA]);
  });
});

describe("An event", () => {
  const LONE = "\ud800";
  const refused: [string, unknown][] = [
    ["without a name", without("eventName")],
    ["of no known name", { ...good(), eventName: "learning_module_exploded" }],
    ["named __proto__", { ...good(), eventName: "__proto__" }],
    ["named constructor", { ...good(), eventName: "constructor" }],
    ["named toString", { ...good(), eventName: "toString" }],
    ["whose name is a list", { ...good(), eventName: ["learning_module_completed"] }],
    ["without a learner", without("contactIdentifier")],
    ["of an empty learner", { ...good(), contactIdentifier: {} }],
    ["of a blank learner", { ...good(), contactIdentifier: { contactId: "  ", email: "" } }],
    ["of a learner that is a text", { ...good(), contactIdentifier: "mallory" }],
    ["of a learner that is a list", { ...good(), contactIdentifier: ["mallory"] }],
    ["of a learner whose id is an object", { ...good(), contactIdentifier: { contactId: { $ne: null } } }],
    ["of a learner whose id is true", { ...good(), contactIdentifier: { contactId: true } }],
    ["of a learner whose id is a fraction", { ...good(), contactIdentifier: { contactId: 1.5 } }],
    ["of a learner whose id is too long", { ...good(), contactIdentifier: { contactId: "x".repeat(257) } }],
    ["of a learner whose id holds a null byte", { ...good(), contactIdentifier: { contactId: "a\0b" } }],
    ["of a learner whose id holds a line break", { ...good(), contactIdentifier: { contactId: "a\nb" } }],
    ["of a learner whose id is half a character", { ...good(), contactIdentifier: { contactId: `a${LONE}` } }],
    ["of a learner whose email is none", { ...good(), contactIdentifier: { email: "nobody" } }],
    ["whose id has a space", { ...good(), eventId: "a b" }],
    ["whose id has a #", { ...good(), eventId: "a#b" }],
    ["whose id is a number", { ...good(), eventId: 7 }],
    ["whose id is half a character", { ...good(), eventId: LONE }],
    ["whose id is too long", { ...good(), eventId: "x".repeat(129) }],
    ["whose payload is a text", { ...good(), payload: "x" }],
    ["whose payload is a list", { ...good(), payload: [1] }],
    ["without a module", good({ module_slug: undefined })],
    ["of a module that is a number", good({ module_slug: 7 })],
    ["of a module that is a list", good({ module_slug: ["strings"] })],
    ["of a module that is an object", good({ module_slug: { S: "strings" } })],
    ["of a module with a #", good({ module_slug: "a#b" })],
    ["of a module with a slash", good({ module_slug: "../../etc/passwd" })],
    ["of a module with a space", good({ module_slug: "a b" })],
    ["of a module with a line break behind it", good({ module_slug: "strings\n" })],
    ["of a module with a null byte", good({ module_slug: "strings\0" })],
    ["of a module named __proto__", good({ module_slug: "__proto__" })],
    ["of a module in full-width letters", good({ module_slug: "ｓtrings" })],
    ["of a module in another script", good({ module_slug: "модуль" })],
    ["of a module that is half a character", good({ module_slug: LONE })],
    ["of a module with a name too long", good({ module_slug: "x".repeat(201) })],
    ["of a module named differently above and in the payload", { ...good(), module_slug: "arrays" }],
    ["of a course with a #", good({ course_slug: "a#b" })],
    ["of a pathway that is a number", good({ pathway_slug: 7 })],
    ["of a step that is a list", named("module_progressed", { step: ["one"] })],
    ["of a step that is half a character", named("module_progressed", { step: LONE })],
    ["of a step too long", named("module_progressed", { step: "x".repeat(201) })],
    ["of a step and no module", named("module_progressed", { step: "one", module_slug: null })],
    ["of a task without a result", named("task_submitted", { task_slug: "quiz" })],
    ["of a task with two results", named("task_submitted", { task_slug: "quiz", score: 50, attested: true })],
    ["of a task with three", named("task_submitted", { task_slug: "quiz", score: 50, attested: true, answers: {} })],
    ["of a task named __proto__", named("task_submitted", { task_slug: "__proto__", score: 50 })],
    ...[-1, "80", true, [80], {}, 1e308].map((score): [string, unknown] => [
      `of a score of ${JSON.stringify(score)}`,
      named("task_submitted", { task_slug: "quiz", score }),
    ]),
    ...[false, "true", 1, {}].map((attested): [string, unknown] => [
      `of attested ${JSON.stringify(attested)}`,
      named("task_submitted", { task_slug: "lab", attested }),
    ]),
    ...["a", 1, true, ["a"]].map((answers): [string, unknown] => [
      `of answers ${JSON.stringify(answers)}`,
      named("task_submitted", { task_slug: "quiz", answers }),
    ]),
    ...[
      {},
      { quiz: -1 },
      { quiz: 1e308 },
      { quiz: "80" },
      { quiz: null },
      { "a#b": 80 },
      { "": 80 },
      [80],
      "80",
      80,
    ].map((scores): [string, unknown] => [`of scores ${JSON.stringify(scores)}`, named("module_scored", { scores })]),
    [
      "of scores without end",
      named("module_scored", {
        scores: Object.fromEntries(Array.from({ length: 15_000 }, (_, key) => [`k${key}`, 50])),
      }),
    ],
    ["of scores of __proto__", named("module_scored", { scores: JSON.parse('{"__proto__":80}') })],
    ["of a session with a space", named("session_started", { session_id: "module gated", session_type: "t" })],
    ["of a session with a #", named("session_ended", { session_id: "a#b", session_type: "t" })],
    ["of a session that is a number", named("session_started", { session_id: 7, session_type: "t" })],
    ["of a session too long", named("session_started", { session_id: "x".repeat(129), session_type: "t" })],
    ["of a session of no type", named("session_started", { session_id: "s" })],
    [
      "of a session whose language is half a character",
      named("session_started", { session_id: "s", session_type: "t", language: LONE }),
    ],
    ...[-1, 1.5, "3", true, 1e300, {}].map((items_studied): [string, unknown] => [
      `of ${JSON.stringify(items_studied)} items studied`,
      named("session_ended", { session_id: "s", session_type: "t", items_studied }),
    ]),
    ...["great", "Good", 3, true, [], "__proto__", "constructor"].map((rating): [string, unknown] => [
      `of a rating ${JSON.stringify(rating)}`,
      named("item_reviewed", { item_id: "i", rating }),
    ]),
    ["of an item with a #", named("item_reviewed", { item_id: "a#b", rating: "good" })],
    ["of an item that is an object", named("item_reviewed", { item_id: { S: "i" }, rating: "good" })],
    ...[1, "x", true, [], {}, { mood: 1 }].map((completion_data): [string, unknown] => [
      `with completion_data ${JSON.stringify(completion_data)} where a schema asks for more`,
      named("module_completed", { completion_data }),
    ]),
    ["with a source that is an object", good({ enrollment_source: {} })],
    ["with a source that is half a character", good({ enrollment_source: LONE })],
    ["with a source too long", good({ enrollment_source: "x".repeat(201) })],
    ...[
      "yesterday",
      "2026-02-30T10:00:00Z",
      "2025-02-29T10:00:00Z",
      "2026-13-01T10:00:00Z",
      "2026-01-18T25:00:00Z",
      "2026-01-18T24:00:00Z",
      "2026-01-18T10:00:60Z",
      "2026-01-18",
      "2026-01-18T10:00:00",
      "2026-01-18 10:00:00Z",
      "2026-01-18T10:00:00+25:00",
      "+012026-01-18T10:00:00Z",
      "-002026-01-18T10:00:00Z",
      "0000-01-01T00:00:00+01:00",
      "9999-12-31T23:59:59-01:00",
      "２０２６-01-18T10:00:00Z",
      1_768_730_400,
      {},
      [],
      true,
    ].map((ts): [string, unknown] => [`at ${JSON.stringify(ts)}`, good({ ts })]),
  ];

  it.each(refused)("%s is refused", async (_, sent) => {
    const answer = await send(JSON.stringify(sent));
    expectSound(answer);
    expect([answer.status, answer.body.code]).toEqual([400, SCHEMA]);
    expect(answer.body.errors).toEqual(
      expect.arrayContaining([{ path: expect.any(String), message: expect.stringMatching(/\S/) }]),
    );
  });

  it("is refused in a batch as it is alone", async () => {
    for (let start = 0; start < refused.length; start += 100) {
      const events = refused.slice(start, start + 100).map(([, sent]) => sent);
      const answer = await send(JSON.stringify({ events }));
      expect(answer.status).toBe(200);
      for (const { status, error } of answer.body.results) expect([status, error.code]).toEqual(["refused", SCHEMA]);
      expect(answer.body.results).toHaveLength(events.length);
    }
  });

  it.each<[string, unknown]>([
    ["of a module named constructor", good({ module_slug: "constructor" })],
    ["of a module named toString", good({ module_slug: "toString" })],
    ["of a course named hasOwnProperty", good({ course_slug: "hasOwnProperty" })],
    ["of a learner named __proto__", { ...good(), contactIdentifier: { contactId: "__proto__" } }],
    ["of a learner named constructor", { ...good(), contactIdentifier: { contactId: "constructor" } }],
    ["of a learner named in odd letters", { ...good(), contactIdentifier: { contactId: "\u202e\u200bZ͑ͫ̓ͪ̂ͫ😀\ufffe" } }],
    ["of a learner with a #", { ...good(), contactIdentifier: { contactId: "MODULE#x" } }],
    ["of a learner whose id is a whole number", { ...good(), contactIdentifier: { contactId: -0 } }],
    ["with half a character where nobody looks", good({ note: LONE, [LONE]: 1 })],
    [
      "with keys of every object",
      JSON.parse(
        '{"eventName":"learning_module_completed","__proto__":{"admin":true},"constructor":{"prototype":{"x":1}},"toString":1,"hasOwnProperty":null,"contactIdentifier":{"contactId":"mallory","__proto__":{"contactId":"eve"}},"payload":{"module_slug":"strings","__proto__":{"module_slug":"arrays"},"constructor":1,"toString":2}}',
      ),
    ],
    [
      "with keys of every object above and in the payload",
      JSON.parse(
        '{"eventName":"learning_module_completed","constructor":1,"contactIdentifier":{"contactId":"mallory"},"payload":{"module_slug":"strings","constructor":2}}',
      ),
    ],
    ["of a step in odd letters", named("module_progressed", { step: "\u202eone#two😀" })],
    ["of a step named __proto__", named("module_progressed", { step: "__proto__" })],
    ["of a task named constructor", named("task_submitted", { task_slug: "constructor", attested: true })],
    ["of scores of constructor", named("module_scored", { scores: { constructor: 80, toString: 5e-7 } })],
    [
      "of answers to questions of every object",
      named("task_submitted", {
        task_slug: "quiz",
        answers: JSON.parse('{"__proto__":"a","constructor":["a"],"toString":{}}'),
      }),
    ],
    ["of an answer of half a character", named("task_submitted", { task_slug: "quiz", answers: { q: LONE } })],
    ["of a session named __proto__", named("session_started", { session_id: "__proto__", session_type: "t" })],
    [
      "of the end of a session named __proto__",
      named("session_ended", { session_id: "__proto__", session_type: "t", items_studied: 2 ** 53 - 1 }),
    ],
    ["of an item named __proto__", named("item_reviewed", { item_id: "__proto__", rating: "easy" })],
    [
      "of a review at the first moment",
      named("item_reviewed", { item_id: "first", rating: "good", ts: "0000-01-01T00:00:00Z" }),
    ],
    [
      "of a review at the last moment",
      named("item_reviewed", { item_id: "last", rating: "easy", ts: "9999-12-31T23:59:59.999Z" }),
    ],
    ...[0, false, [], { __proto__: 1 }, [[[[[[LONE]]]]]], 1e308, "x".repeat(30_000)].map((data): [string, unknown] => [
      `with completion_data ${JSON.stringify(data).slice(0, 40)} where nothing is asked for`,
      good({ completion_data: data }),
    ]),
    [
      "with completion_data of numbers that a store has not",
      good({ completion_data: JSON.parse("[1e-300,123456789012345678901234567890123456789012345]") }),
    ],
    ["at the first moment", good({ ts: "0000-01-01T00:00:00Z" })],
    ["at the last moment", good({ ts: "9999-12-31T23:59:59.999Z" })],
    ["at a time in nanoseconds", good({ ts: "2026-01-18T10:00:00.123456789+05:30" })],
    [
      "of null for all that may be missing",
      { ...good({ course_slug: null, pathway_slug: "", enrollment_source: null }), eventId: null },
    ],
  ] as [string, unknown][])("%s is taken as it is", async (_, sent) => {
    const answer = await send(JSON.stringify(sent));
    expect(answer).toMatchObject({ status: 200, body: { status: "accepted" } });
    expect(({} as Record<string, unknown>).admin).toBeUndefined();
  });
});

describe("A score above 100", () => {
  it.each<[string, string, object, object]>([
    ["of a task", "task_submitted", { task_slug: "quiz", score: 100.5 }, { score: 100 }],
    ["of a task, far above", "task_submitted", { task_slug: "quiz", score: 1e300 }, { score: 100 }],
    [
      "of a component",
      "module_scored",
      { scores: { quiz: 101, constructor: 99 } },
      { scores: { quiz: 100, constructor: 99 } },
    ],
  ])("%s counts as 100, with a warning", async (what, name, result, kept) => {
    const learner = `above ${what}`;
    const answer = await send(JSON.stringify(event(name, learner, { module_slug: "gated", ...result })));
    expectSound(answer);
    expect([answer.status, answer.body.status]).toEqual([200, "accepted"]);
    expect(answer.body.warnings.map(({ code }: { code: string }) => code)).toEqual(["SCORE_ABOVE_100"]);
    const { attempts } = (await service.get(`/learners/${encodeURIComponent(learner)}/history`)).body;
    expect(attempts).toMatchObject([kept]);
  });
});

describe("An event that a catalog refuses", () => {
  it.each<[string, unknown, string, number]>([
    [
      "answers where there is no quiz",
      named("task_submitted", { module_slug: "strings", task_slug: "t", answers: {} }),
      "QUIZ_NOT_FOUND",
      400,
    ],
    [
      "answers to a module named constructor",
      named("task_submitted", { module_slug: "constructor", task_slug: "t", answers: {} }),
      "QUIZ_NOT_FOUND",
      400,
    ],
    ["completion_data of more than 32 KB", good({ completion_data: "x".repeat(32 * 1024) }), "PAYLOAD_TOO_LARGE", 413],
    [
      "completion_data of more than 32 KB in letters of two bytes",
      good({ completion_data: "é".repeat(17 * 1024) }),
      "PAYLOAD_TOO_LARGE",
      413,
    ],
    [
      "answers of more than 32 KB, once they are written out",
      named("task_submitted", { task_slug: "quiz", answers: { q: Array(5_000).fill(1e20) } }),
      "PAYLOAD_TOO_LARGE",
      413,
    ],
    [
      "a claim of a module with conditions",
      named("module_completed", { completion_data: { mood: "x" } }),
      "COMPLETION_NOT_REACHED",
      400,
    ],
  ])("%s is answered %s", async (_, sent, code, status) => {
    const answer = await send(JSON.stringify(sent));
    expectSound(answer);
    expect([answer.status, answer.body.code]).toEqual([status, code]);
  });
});

describe("A request", () => {
  const get = (path: string) => request(service.url, path, { signal: AbortSignal.timeout(ANSWER_WITHIN_MS) });
  /** As the service writes one, whatever stands in it. */
  const cursorOf = (value: unknown, list?: readonly [kind: string, of: string]) =>
    Buffer.from(JSON.stringify(list ? [...(value as unknown[]), tagOf(list)] : value)).toString("base64url");
  /** What a list is of: a history is one of all kinds, or of one alone. */
  const listed = (list: string, learner: string, kind = "") => (list === "history" ? `${learner}\n${kind}` : learner);
  // Of each: too little, too much, none, and somebody else's.
  const paged = ["history", "sessions", "reviews"].flatMap((kind): [string, number, string][] => {
    const path = `/learners/mallory/${kind}`;
    const own = (...position: unknown[]) => cursorOf(position, [kind, listed(kind, "mallory")]);
    return [
      [path, 200, "all"],
      [`${path}?limit=1`, 200, "a page"],
      [`${path}?limit=0`, 400, "no limit"],
      [`${path}?limit=1001`, 400, "too high a limit"],
      [`${path}?limit=x`, 400, "a limit that is none"],
      [`${path}?cursor=`, 400, "an empty cursor"],
      [`${path}?cursor=abc`, 400, "a cursor of nothing"],
      [`${path}?cursor=%%%`, 400, "a cursor of percent signs"],
      [`${path}?cursor=${cursorOf(null)}`, 400, "a cursor of null"],
      [`${path}?cursor=${cursorOf([1, 2])}`, 400, "a cursor of numbers"],
      [`${path}?cursor=${cursorOf(["a", "b", "c", "d"])}`, 400, "a cursor of four"],
      [`${path}?cursor=${own("2026-01-18T10:00:00.000Z", "a\0")}`, 400, "a cursor with a null byte"],
      [`${path}?cursor=${own("2026-01-18T10:00:00.000Z", "\ud800")}`, 400, "a cursor of half a character"],
      [`${path}?cursor=${own("é".repeat(1_000), "y")}`, 400, "a cursor of more bytes than a key"],
      [`${path}?cursor=${own("tomorrow", "nobody")}`, 200, "a cursor of no time"],
      [`${path}?cursor=${own("#", "#")}`, 200, "a cursor of what parts a key"],
      [`${path}?cursor=${own("2026-01-18T10:00:00.000Z", "somebody's")}`, 200, "a cursor that is not there"],
      [`${path}?cursor=${cursorOf(["x", "y"], [kind, listed(kind, "eve")])}`, 400, "a cursor of another learner"],
      [path.replace("mallory", "%00"), 400, "of a null byte"],
      [path.replace("mallory", "x".repeat(257)), 400, "of an id too long"],
      [path.replace("mallory", "__proto__"), 200, "of __proto__"],
    ];
  });
  const list = (query: string) => `/courses/ruby/completions?${query}`;
  /** A cursor of a list says which part of it the completion stands in. */
  const inList = (at: string, learner: string, part = "ruby") =>
    cursorOf([at, `${part} ${learner}`], ["course-completions", "ruby"]);
  const formerly = cursorOf(["2026-01-01T00:00:00.000Z", "nobody"], ["course-completions", "ruby"]);
  const inHistory = (...position: unknown[]) => cursorOf(position, ["history", listed("history", "mallory")]);
  const inTasks = cursorOf(["x", "y"], ["history", listed("history", "mallory", "task")]);

  it.each<[string, number, string]>([
    ["/learners/%/progress", 200, "a percent sign alone"],
    ["/learners/%zz/progress", 200, "no hexadecimal digits"],
    ["/learners/%E0%A4%A/progress", 200, "half a character"],
    ["/learners/%C0%AF/progress", 200, "an overlong slash"],
    ["/learners/%00/progress", 400, "a null byte"],
    ["/learners/%0a/progress", 400, "a line break"],
    ["/learners/%ED%A0%80/progress", 200, "a surrogate"],
    ["/learners/__proto__/progress", 200, "__proto__"],
    ["/learners/constructor/courses/constructor", 404, "constructor"],
    ["/learners/ada/modules/__proto__", 400, "__proto__ as a slug"],
    ["/learners/ada/modules/toString", 404, "toString as a slug"],
    ["/learners/ada/modules/a%23b", 400, "# in a slug"],
    ["/learners/ada/modules/a%2Fb", 400, "a slash in a slug"],
    ["/learners/ada/courses/%00", 400, "a null byte in a slug"],
    [`/learners/${"x".repeat(257)}/progress`, 400, "an id too long"],
    [`/learners/${"x".repeat(10_000)}/progress`, 400, "an id of 10 000"],
    [`/learners/ada/courses/${"x".repeat(201)}`, 400, "a slug too long"],
    ["/courses/__proto__/completions", 400, "__proto__ as a course"],
    ["/courses/constructor/completions", 404, "constructor as a course"],
    ["//", 404, "two slashes"],
    ["/learners//progress", 404, "no id"],
    ["/../../etc/passwd", 404, "dots"],
    ["/%2e%2e/%2e%2e/etc/passwd", 404, "encoded dots"],
    ["/health?x=%", 400, "a bad query that nobody reads"],
    ...paged,
    [`/learners/mallory/history?cursor=${inHistory("x".repeat(1_000), "y")}`, 400, "a cursor longer than a key"],
    [`/learners/mallory/history?cursor=${inHistory("x", "y".repeat(1_000))}`, 400, "a cursor longer than a key"],
    [`/learners/mallory/history?cursor=${inHistory("x".repeat(500), "y".repeat(500))}`, 200, "as long as a key"],
    [`/learners/mallory/history?cursor=${inTasks}`, 400, "a cursor of one kind for all"],
    [`/learners/mallory/history?kind=score&cursor=${inTasks}`, 400, "a cursor of another kind"],
    [`/learners/mallory/history?kind=task&cursor=${inTasks}`, 200, "a cursor of the same kind"],
    [`/learners/mallory/history?kind=task&cursor=${inHistory("x", "y")}`, 400, "a cursor of all kinds for one"],
    ["/learners/mallory/reviews?due_before=yesterday", 400, "a time that is none"],
    ["/learners/mallory/reviews?due_before=", 400, "an empty time"],
    ["/learners/mallory/reviews?due_before=2026-02-30T00:00:00Z", 400, "a day that does not exist"],
    ["/learners/mallory/reviews?due_before=0000-01-01T00:00:00Z", 200, "before everything"],
    ["/learners/mallory/reviews?due_before=9999-12-31T23:59:59.999Z", 200, "before the end"],
    ["/learners/mallory/modules/gated", 200, "a module of which much is known"],
    ["/modules/gated/completion-data/summary", 200, "a summary"],
    ["/modules/__proto__/completion-data/summary", 400, "a summary of __proto__"],
    ["/modules/constructor/completion-data/summary", 404, "a summary of constructor"],
    ["/modules/gated/completion-data/summary?since=yesterday", 400, "a summary since no time"],
    ["/modules/gated/completion-data/summary?until=2026-02-30T00:00:00Z", 400, "a summary until no day"],
    ["/modules/gated/completion-data/summary?since=2026-01-02T00:00:00Z&until=2026-01-01T00:00:00Z", 400, "backwards"],
    ["/modules/gated/completion-data/summary?since=2026-01-01T00:00:00Z&until=2026-01-01T00:00:00Z", 400, "of nothing"],
    ["/modules/strings/completion-data/summary?since=0000-01-01T00:00:00Z&until=9999-12-31T23:59:59.999Z", 200, "all"],
    ["/modules/strings/completion-data/summary?since=&until=", 400, "of empty times"],
    ["/modules/gated/completions", 200, "completions of a module"],
    ["/modules/valueOf/completions", 404, "completions of valueOf"],
    ["/modules/a%23b/completions", 400, "completions of a module with a #"],
    [list(`cursor=${inList("é".repeat(1_000), "nobody")}`), 400, "a cursor of more bytes than a key"],
    [list(`cursor=${inList("2026-01-01T00:00:00.000Z", "é".repeat(2_000))}`), 400, "a cursor of too long a learner"],
    [list("limit=0"), 400, "no limit"],
    [list("limit=-1"), 400, "a limit below nothing"],
    [list("limit=1001"), 400, "too high a limit"],
    [list("limit=1e3"), 400, "a limit in powers"],
    [list("limit=٣"), 400, "a limit in other digits"],
    [list("limit=99999999999999999999"), 400, "a limit beyond all"],
    [list("limit="), 400, "an empty limit"],
    [list("limit=1&limit=2"), 400, "two limits"],
    [list("since=yesterday"), 400, "a time that is none"],
    [list("since=2026-02-30T00:00:00Z"), 400, "a day that does not exist"],
    [list("since=2026-01-02T00:00:00Z&until=2026-01-01T00:00:00Z"), 400, "an end before its beginning"],
    [list("since=2026-01-01T00:00:00Z&until=2026-01-01T00:00:00Z"), 400, "an end at its beginning"],
    [list("until=0000-01-01T00:00:00Z"), 200, "an end before everything"],
    [list("since=9999-12-31T23:59:59.999Z"), 200, "a beginning after everything"],
    [list("cursor="), 400, "an empty cursor"],
    [list("cursor=%%%"), 400, "a cursor of percent signs"],
    [list("cursor=abc"), 400, "a cursor of nothing"],
    [list(`cursor=${"A".repeat(5_000)}`), 400, "a cursor too long"],
    [list(`cursor=${cursorOf(null)}`), 400, "a cursor of null"],
    [list(`cursor=${cursorOf({ __proto__: [] })}`), 400, "a cursor of an object"],
    [list(`cursor=${cursorOf(["2026-01-01T00:00:00.000Z"])}`), 400, "half a cursor"],
    [list(`cursor=${inList("2026-01-01T00:00:00.000Z", "")}`), 400, "a cursor of nobody"],
    [list(`cursor=${inList("2026-01-01T00:00:00.000Z", "a\0")}`), 400, "a cursor with a null byte"],
    [list(`cursor=${formerly}`), 400, "a cursor as an earlier release made it"],
    [list(`cursor=${inList("2026-01-01T00:00:00.000Z", "a", "__proto__")}`), 400, "a cursor of a part that is none"],
    [list(`cursor=${inList("2026-01-01T00:00:00.000Z", "\ud800")}`), 400, "a cursor of half a character"],
    [list(`cursor=${inList("tomorrow", "nobody")}`), 200, "a cursor of no time"],
    [list(`cursor=${inList("2026-01-01T00:00:00.000Z", "nobody")}`), 200, "a cursor of somebody who is not there"],
    [
      list(`cursor=${inList("2026-01-01T00:00:00.000Z", "a")}&since=2026-02-01T00:00:00Z`),
      200,
      "a cursor before the range",
    ],
    [
      list(`cursor=${inList("2026-01-01T00:00:00.000Z", "a")}&until=2025-02-01T00:00:00Z`),
      200,
      "a cursor behind the range",
    ],
    [list("constructor=1&__proto__=2&toString[]=3"), 400, "keys of every object"],
  ])("GET %s is answered %i: %s", async (path, status) => {
    const answer = await get(path);
    expectSound(answer);
    expect(answer.status).toBe(status);
  });

  it.each<[string, Record<string, string>, number]>([
    ["Content-Type", { "Content-Type": "text/html" }, 415],
    ["Content-Type", { "Content-Type": "multipart/form-data; boundary=x" }, 415],
    ["Content-Type", { "Content-Type": "application/json, text/html" }, 415],
    ["Content-Type", { "Content-Type": ";;;" }, 200],
    ["Content-Type", { "Content-Type": "application/json; charset=utf-16" }, 200],
    ["Content-Type", { "Content-Type": "x".repeat(8_000) }, 415],
    ["Content-Encoding", { "Content-Encoding": "gzip" }, 415],
    ["Content-Encoding", { "Content-Encoding": "identity" }, 200],
    ["Accept", { Accept: "text/html" }, 200],
    ["If-None-Match", { "If-None-Match": '"' }, 200],
    ["X-HTTP-Method-Override", { "X-HTTP-Method-Override": "DELETE" }, 200],
  ])("with a %s of %j is answered %i", async (_, headers, status) => {
    const answer = await send(JSON.stringify(good()), headers);
    expectSound(answer);
    expect(answer.status).toBe(status);
  });

  it.each(["PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND", "QUERY"])("by %s is answered 405", async (method) => {
    const reads = ["progress", "history", "sessions", "reviews", "modules/a", "courses/ruby", "pathways/full-stack"];
    const lists = ["modules/a/completion-data/summary", "modules/a/completions", "courses/ruby/completions"];
    const paths = [...reads.map((read) => `learners/a/${read}`), ...lists, "events/track", "catalog", "health"];
    for (const path of paths.map((path) => `/${path}`)) {
      const answer = await request(service.url, path, { method });
      expectSound(answer);
      expect([answer.status, answer.body.code]).toEqual([405, "METHOD_NOT_ALLOWED"]);
      expect(answer.headers.get("allow")).toMatch(/^(POST|GET, HEAD)$/);
    }
  });
});

/** Sends bytes as they are. Resolves with what came back when the service closes, or has nothing more to say. */
const raw = (...parts: (string | Uint8Array)[]) =>
  new Promise<string>((done) => {
    const socket = connect(Number(new URL(service.url).port), "127.0.0.1");
    let answer = "";
    let quiet: NodeJS.Timeout;
    const finish = () => {
      clearTimeout(quiet);
      socket.destroy();
      done(answer);
    };
    socket
      .on("data", (data) => {
        answer += data.toString("latin1");
        clearTimeout(quiet);
        quiet = setTimeout(finish, 50);
      })
      .on("error", finish)
      .on("close", finish);
    quiet = setTimeout(finish, ANSWER_WITHIN_MS);
    for (const part of parts) socket.write(part);
  });

const sentBy = (socket: Socket, text: string) => new Promise<unknown>((done) => socket.write(text, done));

describe("Over a bare socket", () => {
  const HOST = "Host: localhost";
  // What is no HTTP at all is answered by Node, before any code of ours.
  it.each<[string, string, RegExp]>([
    ["noise", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", /^HTTP\/1\.1 400 /],
    ["a request without a host", "GET /health HTTP/1.1\r\n\r\n", /^HTTP\/1\.1 400 /],
    ["a host that is none", "GET /health HTTP/1.1\r\nHost: a b@[\r\n\r\n", /^HTTP\/1\.1 (200|400) /],
    ["a host with a path", "GET /health HTTP/1.1\r\nHost: localhost/x?y#z\r\n\r\n", /^HTTP\/1\.1 (200|400) /],
    ["an empty host", "GET /health HTTP/1.1\r\nHost: \r\n\r\n", /^HTTP\/1\.1 (200|400) /],
    ["a whole address", `GET http://example.com/health HTTP/1.1\r\n${HOST}\r\n\r\n`, /^HTTP\/1\.1 (200|404) /],
    ["a whole address that is none", `GET http://[/health HTTP/1.1\r\n${HOST}\r\n\r\n`, /^HTTP\/1\.1 4\d\d /],
    ["an asterisk", `OPTIONS * HTTP/1.1\r\n${HOST}\r\n\r\n`, /^HTTP\/1\.1 4\d\d /],
    ["TRACE", `TRACE /health HTTP/1.1\r\n${HOST}\r\n\r\n`, /^HTTP\/1\.1 4\d\d /],
    ["CONNECT", `CONNECT localhost:80 HTTP/1.1\r\n${HOST}\r\n\r\n`, /^(HTTP\/1\.1 4\d\d |$)/],
    [
      "an upgrade",
      `GET /health HTTP/1.1\r\n${HOST}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`,
      /^(HTTP\/1\.1 (200|4\d\d) |$)/,
    ],
    ["GET with a body", `GET /health HTTP/1.1\r\n${HOST}\r\nContent-Length: 5\r\n\r\nhello`, /^HTTP\/1\.1 200 /],
    ["HEAD with a body", `HEAD /health HTTP/1.1\r\n${HOST}\r\nContent-Length: 5\r\n\r\nhello`, /^HTTP\/1\.1 200 /],
    ["POST without a body", `POST /events/track HTTP/1.1\r\n${HOST}\r\n\r\n`, /^HTTP\/1\.1 400 /],
    [
      "a length that is none",
      `POST /events/track HTTP/1.1\r\n${HOST}\r\nContent-Length: abc\r\n\r\n`,
      /^HTTP\/1\.1 400 /,
    ],
    [
      "two lengths",
      `POST /events/track HTTP/1.1\r\n${HOST}\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}`,
      /^HTTP\/1\.1 400 /,
    ],
    [
      "a length and chunks",
      `POST /events/track HTTP/1.1\r\n${HOST}\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
      /^HTTP\/1\.1 400 /,
    ],
    [
      "a chunk that is none",
      `POST /events/track HTTP/1.1\r\n${HOST}\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n`,
      /^HTTP\/1\.1 400 /,
    ],
    [
      "a header of 100 000 bytes",
      `GET /health HTTP/1.1\r\n${HOST}\r\nX: ${"x".repeat(100_000)}\r\n\r\n`,
      /^(HTTP\/1\.1 431 |$)/,
    ],
    ["a path of bytes", `GET /learners/\xff\xfe/progress HTTP/1.1\r\n${HOST}\r\n\r\n`, /^HTTP\/1\.1 [24]\d\d /],
    ["a fragment", `GET /health#x HTTP/1.1\r\n${HOST}\r\n\r\n`, /^HTTP\/1\.1 [24]\d\d /],
  ])("%s is answered", async (_, text, expected) => {
    const answer = await raw(Buffer.from(text, "latin1"));
    expect(answer).toMatch(expected);
    expect(answer).not.toMatch(/HTTP\/1\.1 5\d\d|\n\s+at /);
  });

  it("a sender who goes away in the middle leaves no trace", async () => {
    const socket = connect(Number(new URL(service.url).port), "127.0.0.1");
    await sentBy(socket, `POST /events/track HTTP/1.1\r\n${HOST}\r\nContent-Length: 100\r\n\r\n{"eventName"`);
    socket.destroy();
    const chunked = connect(Number(new URL(service.url).port), "127.0.0.1");
    await sentBy(chunked, `POST /events/track HTTP/1.1\r\n${HOST}\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{"eve`);
    chunked.destroy();
    expect((await service.get("/health")).status).toBe(200);
    expect(service.output()).not.toMatch(/INTERNAL_ERROR/);
  });
});

describe("Whatever comes", () => {
  const anything = fc.oneof(
    { weight: 3, arbitrary: fc.jsonValue({ noUnicodeString: false } as never) },
    fc.constantFrom<unknown>(
      null,
      "",
      0,
      -1,
      1e308,
      "__proto__",
      "constructor",
      "a#b",
      "\0",
      "\ud800",
      "x".repeat(300),
      [],
      {},
      true,
      "2026-02-30T00:00:00Z",
      "2026-01-18T10:00:00Z",
      "strings",
      "gated",
      { mood: "calm" },
    ),
  );
  const NAMES = [
    "pathway_enrolled",
    "course_enrolled",
    "module_recommended",
    "module_started",
    "module_progressed",
    "task_submitted",
    "module_scored",
    "module_completed",
    "course_completed",
    "pathway_completed",
    "page_viewed",
    "session_started",
    "session_ended",
    "item_reviewed",
    "nothing",
  ];
  const FIELDS = [
    "module_slug",
    "course_slug",
    "pathway_slug",
    "enrollment_source",
    "ts",
    "completed_at",
    "content_type",
    "slug",
    "step",
    "task_slug",
    "score",
    "scores",
    "attested",
    "answers",
    "session_id",
    "session_type",
    "item_id",
    "rating",
    "completion_data",
    "items_studied",
    "items_correct",
    "source",
    "language",
    "__proto__",
    "constructor",
    "name",
    "eventName",
    "contactIdentifier",
  ];
  const sound: Record<string, unknown> = {
    module_slug: "gated",
    course_slug: "ruby",
    pathway_slug: "full-stack",
    ts: "2026-01-18T10:00:00Z",
    content_type: "page",
    slug: "a",
    step: "one",
    task_slug: "quiz",
    score: 50,
    scores: { quiz: 50 },
    items_studied: 3,
    items_correct: 2,
    source: "page",
    language: "es",
    session_id: "s",
    session_type: "t",
    item_id: "i",
    rating: "good",
  };
  const fields = fc
    .array(fc.tuple(fc.constantFrom(...FIELDS), fc.boolean(), anything), { maxLength: 8 })
    .map((entries) => {
      const object: Record<string, unknown> = { ...sound };
      for (const [key, keep, value] of entries)
        Object.defineProperty(object, key, {
          value: keep ? (sound[key] ?? value) : value,
          enumerable: true,
          configurable: true,
        });
      return object;
    });
  const mostly = (usual: fc.Arbitrary<unknown>) =>
    fc.oneof({ weight: 6, arbitrary: usual }, { weight: 1, arbitrary: anything });
  const oneEvent = fc.record(
    {
      eventName: mostly(fc.constantFrom(...NAMES).map((name) => `learning_${name}`)),
      eventId: mostly(fc.uuid()),
      contactIdentifier: mostly(
        fc.record(
          { contactId: mostly(fc.constantFrom("fuzz-1", "fuzz-2")), email: anything },
          { requiredKeys: ["contactId"] },
        ),
      ),
      payload: mostly(fields),
      course_slug: anything,
      ts: anything,
    },
    { requiredKeys: ["eventName", "contactIdentifier", "payload"] },
  );
  const bodies = fc.oneof(
    { weight: 6, arbitrary: oneEvent.map((value) => JSON.stringify(value)) },
    {
      weight: 3,
      arbitrary: fc.array(fc.oneof(oneEvent, anything), { maxLength: 6 }).map((events) => JSON.stringify({ events })),
    },
    { weight: 1, arbitrary: anything.map((value) => JSON.stringify(value) ?? "") },
    { weight: 1, arbitrary: fc.string({ unit: "binary" }) },
    // A body with a few characters changed.
    {
      weight: 2,
      arbitrary: fc.tuple(oneEvent, fc.nat(), fc.string({ minLength: 1, maxLength: 3 })).map(([value, at, text]) => {
        const json = JSON.stringify(value);
        const index = at % json.length;
        return json.slice(0, index) + text + json.slice(index + text.length);
      }),
    },
  );

  it("is sent, every request is answered soundly", async () => {
    const seen = new Map<number, number>();
    await holds(
      fc.asyncProperty(bodies, async (body) => {
        const answer = await send(Buffer.from(body, "utf8"));
        expectSound(answer);
        expect([200, 400]).toContain(answer.status);
        for (const { error } of answer.body.results ?? []) if (error) expect(error.status).toBeLessThan(500);
        seen.set(answer.status, (seen.get(answer.status) ?? 0) + 1);
      }),
      RUNS.body,
    );
    // Otherwise the test says nothing.
    expect(seen.get(200)).toBeGreaterThan(20);
    expect(seen.get(400)).toBeGreaterThan(20);
  });

  it("is asked for, every path is answered soundly", async () => {
    const segment = fc.oneof(
      fc.constantFrom(
        "learners",
        "courses",
        "pathways",
        "modules",
        "completions",
        "completion-data",
        "summary",
        "progress",
        "history",
        "sessions",
        "reviews",
        "catalog",
        "ruby",
        "ada",
        "",
        "..",
      ),
      fc.string({ unit: "binary", maxLength: 12 }).map((text) => encodeURIComponent(text.toWellFormed())),
      fc.string({ maxLength: 12 }).map((text) => text.replace(/[\s?#\\]/g, "%")),
    );
    const query = fc.array(
      fc.tuple(fc.constantFrom("limit", "since", "until", "cursor", "due_before"), fc.string({ maxLength: 20 })),
      { maxLength: 3 },
    );
    await holds(
      fc.asyncProperty(fc.array(segment, { maxLength: 5 }), query, async (segments, parameters) => {
        const answer = await request(service.url, `/${segments.join("/")}?${new URLSearchParams(parameters)}`);
        expectSound(answer);
      }),
      RUNS.path,
    );
  });
});

describe("Much at once", () => {
  it("from one learner is all taken", async () => {
    const sent = Array.from({ length: 40 }, (_, index) =>
      event("module_completed", "busy", { module_slug: `m${index % 5}`, ts: `2026-01-18T10:00:${10 + index}Z` }),
    );
    const answers = await Promise.all(sent.map((one) => service.post(one)));
    expect(answers.map(({ status }) => status)).toEqual(sent.map(() => 200));
  });
});

describe("After all that", () => {
  it("the service is alive, and had nothing to complain of", async () => {
    expect((await service.post(completedModule("survivor", "strings"))).status).toBe(200);
    expect((await service.get("/health")).body).toMatchObject({ status: "ok" });
    expect(await service.kill()).toEqual({ code: 0, signal: null });
    expect(service.logs().filter(({ level }) => level === "ERROR")).toEqual([]);
    expect(service.output()).not.toMatch(/\n\s+at /);
  });
});
