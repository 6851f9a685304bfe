import { describe, expect, it } from "vitest";
import { camelKeys } from "../../src/model/case.ts";
import { EVENT_NAMES, parseEvent } from "../../src/model/event.ts";
import { eventOf, faultyPaths, NEEDED_FIELDS, RECEIVED_AT, rawEvent } from "../support/events.ts";
import { plus } from "../support/times.ts";

const MINUTES_5 = 300_000;
const rows = Object.entries(NEEDED_FIELDS);
const fieldRows = rows.flatMap(([name, needs]) => Object.keys(needs).map((field) => ({ name, field, needs })));
const allNull = (fields: object, value: unknown) => Object.fromEntries(Object.keys(fields).map((key) => [key, value]));

it("every event that is known has its rows here", () => {
  expect([...EVENT_NAMES].sort()).toEqual(Object.keys(NEEDED_FIELDS).sort());
});

describe("the fields of an event", () => {
  it.each(rows)("%s: stand in payload", (name, needs) => {
    expect(eventOf(rawEvent(name, needs))).toEqual({
      name,
      ...camelKeys(needs),
      id: expect.any(String),
      learnerId: "123",
      at: RECEIVED_AT,
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

  it.each(fieldRows)("$name: $field is no text of the right form", ({ name, field, needs }) => {
    for (const value of [1, true, ["strings"], { slug: "strings" }, "a\u0000b", "a\uD800", "x".repeat(201)]) {
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

  it("may be unknown ones, which are left out", () => {
    const raw = rawEvent("learning_module_started", { module_slug: "m", mood: "good" }, { theme: { dark: true } });
    expect(Object.keys(eventOf(raw)).sort()).toEqual(["at", "id", "learnerId", "moduleSlug", "name"]);
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
    ["5:00.001 ahead", plus(RECEIVED_AT, MINUTES_5 + 1)],
    ["5:00.001 ahead in another zone", plus(RECEIVED_AT, MINUTES_5 + 1 + 7_200_000).replace("Z", "+02:00")],
    ["years ahead", "9999-12-31T23:59:59Z"],
  ])("is that of receipt, with a warning, when ts is %s", (_, ts) => {
    expect(sent(ts)).toMatchObject({
      ok: true,
      event: { at: RECEIVED_AT },
      warnings: [{ code: "TIMESTAMP_IN_FUTURE", message: expect.stringContaining(RECEIVED_AT) }],
    });
  });

  it("may stand at the top", () => {
    const raw = rawEvent("learning_module_started", { module_slug: "m" }, { ts: "2026-01-18T10:00:00Z" });
    expect(eventOf(raw).at).toBe("2026-01-18T10:00:00.000Z");
  });

  it.each(["2026-02-30T10:00:00Z", "2026-01-18T10:00:00", "yesterday", 1_768_731_300_000, {}])("is never %j", (ts) => {
    expect(sent(ts)).toMatchObject({ ok: false, errors: [{ path: "payload.ts" }] });
  });
});
