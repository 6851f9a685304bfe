import { describe, expect, it } from "vitest";
import { eventOf, NEEDED_FIELDS, RECEIVED_AT, rawEvent } from "../support/builders/events.ts";
import { plus } from "../support/builders/times.ts";

const later = plus(RECEIVED_AT, 60_000);
const payload = { module_slug: "strings", ts: "2026-01-18T10:00:00Z", mood: { good: true, level: 3 } };
const raw = rawEvent("learning_module_started", payload);
const id = eventOf(raw).id;

const SAME: [name: string, raw: object, receivedAt: string][] = [
  ["received later", raw, later],
  [
    "with its keys in another order",
    { ...raw, payload: Object.fromEntries(Object.entries(payload).reverse()) },
    RECEIVED_AT,
  ],
  [
    "with the same moment in another zone",
    { ...raw, payload: { ...payload, ts: "2026-01-18T12:00:00.000+02:00" } },
    later,
  ],
  ["with its fields at the top", { ...raw, ...payload, payload: null }, RECEIVED_AT],
  ["with its learner written otherwise", { ...raw, contactIdentifier: { contactId: 123, email: "a@b" } }, RECEIVED_AT],
  ["with empty fields beside", { ...raw, payload: { ...payload, course_slug: "", step: null } }, RECEIVED_AT],
];

const OTHERS: [name: string, raw: object][] = [
  ["another learner", { ...raw, contactIdentifier: { contactId: "124" } }],
  ["another name", { ...raw, eventName: "learning_module_completed" }],
  ["another module", { ...raw, payload: { ...payload, module_slug: "arrays" } }],
  ["a course beside", { ...raw, course_slug: "ruby" }],
  ["another moment", { ...raw, payload: { ...payload, ts: "2026-01-18T10:00:00.001Z" } }],
  ["a name of its own in the payload", { ...raw, payload: { ...payload, name: "first" } }],
  ["a field of its own above", { ...raw, mood: "good", payload: { ...payload, mood: undefined } }],
  ["a field of its own that is another above than in the payload", { ...raw, mood: { good: false } }],
  ["another payload", { ...raw, payload: { ...payload, mood: { good: true, level: 4 } } }],
];

describe("an event's id", () => {
  it.each(["id-1", "0199f2b4-6f0e-7c3a-9d6e-2f1f7a1c9b10", "!", "x".repeat(128)])(
    "is the one that is given: %s",
    (eventId) => {
      expect(eventOf({ ...raw, eventId }).id).toBe(eventId);
    },
  );

  it("is a hash where none is given", () => {
    expect(id).toMatch(/^[0-9a-f]{32}$/);
    for (const eventId of [null, "", undefined]) expect(eventOf({ ...raw, eventId }).id).toBe(id);
  });

  it.each(SAME)("is the same for the same event %s", (_, again, receivedAt) =>
    expect(eventOf(again, receivedAt).id).toBe(id),
  );

  it.each(OTHERS)("differs for %s", (_, other) => expect(eventOf(other).id).not.toBe(id));
  it("differs between all that a field of its own may be, above and in the payload", () => {
    const bodies = [
      { payload: { ...payload, name: "first" } },
      { payload: { ...payload, name: "second" } },
      { payload: { ...payload, note: "a" } },
      { payload: { ...payload, note: "b" } },
      { payload: { ...payload, note: "a" }, note: "b" },
      { payload: { ...payload, note: "b" }, note: "a" },
      { payload: { ...payload, note: "b" }, note: "c" },
    ];
    const ids = bodies.map((body) => eventOf({ ...raw, ...body }).id);
    expect(new Set([id, ...ids]).size).toBe(bodies.length + 1);
    expect(eventOf({ ...raw, note: "a" }).id).toBe(ids[2]);
  });

  it.each([
    ["a task's score", "learning_task_submitted", { score: 80 }, { score: 81 }],
    ["a task's way", "learning_task_submitted", { score: 100 }, { attested: true }],
    ["answers", "learning_task_submitted", { answers: { q: "a" } }, { answers: { q: "b" } }],
    ["scores", "learning_module_scored", { scores: { quiz: 80 } }, { scores: { quiz: 80, lab: 80 } }],
    ["a step", "learning_module_progressed", { step: "one" }, { step: "two" }],
    ["a rating", "learning_item_reviewed", { rating: "good" }, { rating: "easy" }],
    ["completion data", "learning_module_completed", { completion_data: [1, 2] }, { completion_data: [2, 1] }],
  ] as const)("differs for other %s", (_, name, some, other) => {
    const { score: __, ...needed } = NEEDED_FIELDS[name];
    const idOf = (fields: object) => eventOf(rawEvent(name, { ...needed, ts: payload.ts, ...fields })).id;
    expect(idOf(some)).not.toBe(idOf(other));
    expect(idOf(some)).toBe(idOf(structuredClone(some)));
  });

  it("differs by the time of receipt where no ts is given", () => {
    const timeless = rawEvent("learning_module_started", { module_slug: "strings" });
    expect(eventOf(timeless).id).toBe(eventOf(timeless).id);
    expect(eventOf(timeless, later).id).not.toBe(eventOf(timeless).id);
  });

  it("stays the same for a ts in the future, whenever it is received", () => {
    const early = rawEvent("learning_module_started", { module_slug: "strings", ts: "2027-01-18T10:00:00Z" });
    expect(eventOf(early, later).id).toBe(eventOf(early).id);
  });

  it("is the same for one completed_at in two spellings", () => {
    const claimed = (completed_at: string) =>
      eventOf(rawEvent("learning_course_completed", { course_slug: "ruby", ts: payload.ts, completed_at })).id;
    expect(claimed("2026-01-18T11:00:00+02:00")).toBe(claimed("2026-01-18T09:00:00Z"));
    expect(claimed("2026-01-18T11:00:00Z")).not.toBe(claimed("2026-01-18T09:00:00Z"));
  });

  it("differs between all events", () => {
    const ids = Object.entries(NEEDED_FIELDS).map(([name, needs]) => eventOf(rawEvent(name, needs)).id);
    expect(new Set(ids).size).toBe(ids.length);
  });
});

describe("an event's identity", () => {
  const identityOf = (given: object, receivedAt = RECEIVED_AT) =>
    eventOf({ ...given, eventId: "one" }, receivedAt).identity;
  const identity = identityOf(raw);

  it("is its id where none is given, so that what was kept of it before still counts", () => {
    expect(eventOf(raw).identity).toBe(id);
  });

  it("is a digest of its id and its content where an id is given", () => {
    expect(identity).toMatch(/^[0-9a-f]{32}$/);
    expect(new Set([id, identity, eventOf({ ...raw, eventId: "two" }).identity]).size).toBe(3);
  });

  it.each(SAME)("is the same for the same event %s", (_, again, receivedAt) =>
    expect(identityOf(again, receivedAt)).toBe(identity),
  );

  it("is the same whatever token vouches for it", () => expect(identityOf({ ...raw, token: "t" })).toBe(identity));

  it.each(OTHERS)("differs, under one id, for %s", (_, other) => expect(identityOf(other)).not.toBe(identity));

  it("rests on no time of receipt where no ts is given", () => {
    const timeless = rawEvent("learning_module_started", { module_slug: "strings" });
    expect(identityOf(timeless, later)).toBe(identityOf(timeless));
  });
});
