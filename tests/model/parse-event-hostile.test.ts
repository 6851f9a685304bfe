import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseEvent } from "../../src/model/parse-event.ts";
import { eventOf, NEEDED_FIELDS, RECEIVED_AT, rawEvent } from "../support/builders/events.ts";
import { holds } from "../support/vitest/property.ts";
import { RUNS } from "../support/vitest/runs.ts";

const json = (text: string): object => JSON.parse(text);
/** As deep as the HTTP edge lets through, and some more. */
const nested = json(`${'{"a":['.repeat(100)}0${"]}".repeat(100)}`);
const sound = rawEvent("learning_module_started", { module_slug: "m" });

describe("a hostile event", () => {
  it.each([
    ["null", null],
    ["nothing", undefined],
    ["a number", 1],
    ["a text", "learning_module_started"],
    ["a list of events", [sound]],
    ["a deep list", [[[[[]]]]]],
    ["a name that is a list", { ...sound, eventName: ["learning_module_started"] }],
    [
      "a slug only in a prototype",
      json(
        '{"eventName":"learning_module_started","contactIdentifier":{"contactId":"1"},"payload":{"__proto__":{"module_slug":"m"}}}',
      ),
    ],
    [
      "an envelope only in a prototype",
      json(
        '{"__proto__":{"eventName":"learning_module_started","contactIdentifier":{"contactId":"1"},"payload":{"module_slug":"m"}}}',
      ),
    ],
    ["a learner only in a prototype", { ...sound, contactIdentifier: json('{"__proto__":{"contactId":"1"}}') }],
    ["a slug with #", rawEvent("learning_module_started", { module_slug: "m#n" })],
    ["a slug of a million characters", rawEvent("learning_module_started", { module_slug: "m".repeat(1_000_000) })],
    ["a learner of a million characters", { ...sound, contactIdentifier: { contactId: "1".repeat(1_000_000) } }],
    ["an email of a million @", { ...sound, contactIdentifier: { email: "@".repeat(1_000_000) } }],
    ["a time of a million digits", { ...sound, ts: `2026-01-18T10:00:00.${"0".repeat(1_000_000)}` }],
    ["a lone surrogate in a slug", rawEvent("learning_module_started", { module_slug: "m\uD800" })],
    ["a control character in the learner", { ...sound, contactIdentifier: { contactId: "1\u001b" } }],
    ["deep objects for slugs", rawEvent("learning_module_started", { module_slug: nested, ts: nested })],
  ])("is refused: %s", (_, raw) => expect(parseEvent(raw, RECEIVED_AT).ok).toBe(false));

  it.each([
    ["__proto__ in payload", '{"module_slug":"m","__proto__":{"polluted":true}}'],
    ["constructor in payload", '{"module_slug":"m","constructor":{"prototype":{"polluted":true}}}'],
    [
      "names of all objects in payload",
      '{"module_slug":"m","toString":1,"hasOwnProperty":2,"valueOf":null,"toJSON":3}',
    ],
    ["a lone surrogate in a field of its own", '{"module_slug":"m","note":"\\ud800"}'],
    ["a control character in a field of its own", '{"module_slug":"m","note":"\\u0000"}'],
    ["a deep field of its own", JSON.stringify({ module_slug: "m", note: nested })],
    ["many fields of its own", JSON.stringify({ module_slug: "m", ...Object.fromEntries(Array(9_999).entries()) })],
  ])("is taken for what it says and no more: %s", (_, payload) => {
    for (const raw of [
      { ...sound, payload: json(payload) },
      { ...sound, payload: {}, ...json(payload) },
    ]) {
      const { id, identity: _, receivedAt: __, ...event } = eventOf(raw);
      expect(id).toMatch(/^[0-9a-f]{32}$/);
      expect(event).toEqual({ name: "learning_module_started", moduleSlug: "m", learnerId: "123", at: RECEIVED_AT });
    }
    expect({}).not.toHaveProperty("polluted");
  });

  it("never throws, whatever JSON it is", async () => {
    const key = fc.constantFrom(
      "eventName",
      "eventId",
      "contactIdentifier",
      "payload",
      "ts",
      "module_slug",
      "__proto__",
      "constructor",
    );
    const value = fc.oneof(
      fc.jsonValue(),
      fc.constantFrom(...Object.keys(NEEDED_FIELDS)),
      fc.dictionary(key, fc.jsonValue()),
    );
    await holds(
      fc.property(fc.oneof(fc.jsonValue(), fc.dictionary(key, value)), value, (raw, part) => {
        for (const event of [
          raw,
          { ...sound, payload: part },
          { ...sound, contactIdentifier: part },
          { ...sound, ts: part },
        ])
          expect(typeof parseEvent(event, RECEIVED_AT).ok).toBe("boolean");
      }),
      RUNS.pure,
    );
  });
});
