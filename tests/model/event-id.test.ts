import { describe, expect, it } from "vitest";
import { eventOf, NEEDED_FIELDS, RECEIVED_AT, rawEvent } from "../support/events.ts";
import { plus } from "../support/times.ts";

const later = plus(RECEIVED_AT, 60_000);
const payload = { module_slug: "strings", ts: "2026-01-18T10:00:00Z", mood: { good: true, level: 3 } };
const raw = rawEvent("learning_module_started", payload);
const id = eventOf(raw).id;

describe("an event's id", () => {
  it.each(["id-1", "0199f2b4-6f0e-7c3a-9d6e-2f1f7a1c9b10", "!", "x".repeat(128)])(
    "is the one that is given: %s",
    (eventId) => {
      expect(eventOf({ ...raw, eventId }).id).toBe(eventId);
    },
  );

  it("is a hash where none is given", () => {
    expect(id).toMatch(/^[0-9a-f]{32}$/);
    expect(eventOf({ ...raw, eventId: null }).id).toBe(id);
  });

  it.each([
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
    [
      "with its learner written otherwise",
      { ...raw, contactIdentifier: { contactId: 123, email: "a@b" } },
      RECEIVED_AT,
    ],
    ["with empty fields beside", { ...raw, payload: { ...payload, course_slug: "", step: null } }, RECEIVED_AT],
  ])("is the same for the same event %s", (_, again, receivedAt) => expect(eventOf(again, receivedAt).id).toBe(id));

  it.each([
    ["another learner", { ...raw, contactIdentifier: { contactId: "124" } }],
    ["another name", { ...raw, eventName: "learning_module_completed" }],
    ["another module", { ...raw, payload: { ...payload, module_slug: "arrays" } }],
    ["a course beside", { ...raw, course_slug: "ruby" }],
    ["another moment", { ...raw, payload: { ...payload, ts: "2026-01-18T10:00:00.001Z" } }],
    ["another payload", { ...raw, payload: { ...payload, mood: { good: true, level: 4 } } }],
  ])("differs for %s", (_, other) => expect(eventOf(other).id).not.toBe(id));

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
