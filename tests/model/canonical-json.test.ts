import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { canonicalJson, contentHash, hashOfLists } from "../../src/model/canonical-json.ts";
import { holds } from "../support/vitest/property.ts";
import { RUNS } from "../support/vitest/runs.ts";

describe("canonical JSON", () => {
  it.each([
    ["sorts keys", { b: 1, a: 2 }, '{"a":2,"b":1}'],
    ["sorts keys inside objects and lists", [{ b: { d: 1, c: 2 }, a: 0 }], '[{"a":0,"b":{"c":2,"d":1}}]'],
    ["sorts by code units, whatever the locale", { ä: 1, z: 2, Z: 3 }, '{"Z":3,"z":2,"ä":1}'],
    ["keeps the order of lists", [3, 1, 2], "[3,1,2]"],
    ["leaves undefined out", { b: undefined, a: 1 }, '{"a":1}'],
    ["keeps null", { a: null }, '{"a":null}'],
    [
      "keeps a key that objects treat as their own",
      JSON.parse('{"b":1,"__proto__":{"d":1,"c":2}}'),
      '{"__proto__":{"c":2,"d":1},"b":1}',
    ],
    ["escapes a lone surrogate", "\uD800", '"\\ud800"'],
  ])("%s", (_, value, text) => expect(canonicalJson(value)).toBe(text));

  it("says the same as JSON", async () => {
    await holds(
      fc.property(fc.jsonValue(), (value) => {
        expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
      RUNS.pure,
    );
  });

  it("is one text for any order of keys", async () => {
    await holds(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
        const reversed = Object.fromEntries(Object.entries(value).reverse());
        expect(canonicalJson(reversed)).toBe(canonicalJson(value));
        expect(contentHash(reversed)).toBe(contentHash(value));
      }),
      RUNS.pure,
    );
  });
});

describe("a content hash", () => {
  it.each([
    ["none", [[]]],
    ["some", [["a", { b: 1, a: [2] }], [], ["é", null]]],
  ])("of lists with %s is the same from the texts of their items", (_, lists) => {
    expect(hashOfLists(lists.map((items) => items.map(canonicalJson)))).toBe(contentHash(lists));
  });

  it.each([
    ["full length", undefined, 64],
    ["the length that is asked for", 16, 16],
  ])("has %s", (_, length, digits) =>
    expect(contentHash({ a: 1 }, length)).toMatch(new RegExp(`^[0-9a-f]{${digits}}$`)),
  );

  it("is SHA-256 of the canonical text", () => {
    expect(contentHash({})).toBe("44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a");
  });
});
