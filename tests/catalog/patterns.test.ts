import { describe, expect, it } from "vitest";
import { completionDataFaults, schemaFaults } from "../../src/catalog/completion-data.ts";
import { linearPattern } from "../../src/catalog/linear-pattern.ts";
import { faultsOf } from "../support/builders/catalogs.ts";
import { NOTORIOUS } from "../support/builders/patterns.ts";

/** What a person waits for without noticing; the language's own engine takes minutes, or for ever. */
const LIMIT_MS = 50;
/** The processor time of this thread, which is the same however much else the machine does. */
const worked = (): number => {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1_000;
};
const fits = (source: string, text: string): boolean => {
  const checked = linearPattern(source);
  if (!checked.ok) throw new Error(checked.reason);
  return checked.pattern.test(text);
};
const soonest = (work: () => unknown): number =>
  Math.min(
    ...Array.from({ length: 5 }, () => {
      const began = worked();
      work();
      return worked() - began;
    }),
  );

describe("A notorious pattern", () => {
  it.each(NOTORIOUS)("%s is matched at once", (source, text) => {
    const schema = { properties: { said: { type: "string", pattern: source } } };
    completionDataFaults(schema, { said: "" });
    expect(soonest(() => completionDataFaults(schema, { said: text(33) }))).toBeLessThan(LIMIT_MS);
    expect(soonest(() => completionDataFaults(schema, { said: text(16_000) }))).toBeLessThan(10 * LIMIT_MS);
  });

  it("as the name of a property is, too", () => {
    const schema = { patternProperties: { "^([A-Za-z]+ ?)+$": { type: "number" } } };
    expect(completionDataFaults(schema, { "one two": "x" })).toMatchObject([{ path: "one two" }]);
    expect(soonest(() => completionDataFaults(schema, { [`${"a".repeat(33)}!`]: 1 }))).toBeLessThan(LIMIT_MS);
  });

  it("hidden in the format url is not met by a text that is no address", () => {
    const schema = { type: "string", format: "url" };
    expect(completionDataFaults(schema, "https://example.com/a")).toEqual([]);
    expect(soonest(() => completionDataFaults(schema, `http://${":".repeat(32_000)} `))).toBeLessThan(LIMIT_MS);
  });
});

describe("A pattern means what the language says", () => {
  it.each([
    ["^([A-Za-z]+ ?)+$", "two words", true],
    ["^([A-Za-z]+ ?)+$", "two, words", false],
    ["^\\d{4}-\\d{2}$", "2026-01", true],
    ["^\\d{4}-\\d{2}$", "2026-01\n", false],
    ["b", "abc", true],
    ["^\\u00e9+$", "\u00e9\u00e9", true],
    ["^\\u{1F600}$", "\u{1F600}", true],
    ["^.$", "\u{1F600}", true],
    ["^\\p{L}+$", "\u00dcber", true],
    ["^\\p{Script=Greek}+$", "\u03b1\u03b2", true],
    ["^\\P{Script=Greek}+$", "\u03b1\u03b2", false],
    ["^(?<year>\\d+)\\/x$", "20/x", true],
    ["^[\\w.-]+@[\\w-]+$", "a.b@c-d", true],
    ["^a{1,255}$", "a".repeat(255), true],
    ["^a{1,255}$", "a".repeat(256), false],
    ["", "anything", true],
  ])("%s and %j: %s", (source, text, expected) => {
    expect(new RegExp(source, "u").test(text)).toBe(expected);
    expect(fits(source, text)).toBe(expected);
    const faults = completionDataFaults({ properties: { said: { type: "string", pattern: source } } }, { said: text });
    expect(faults.map(({ path }) => path)).toEqual(expected ? [] : ["said"]);
    const extra = { patternProperties: { [source]: true }, additionalProperties: false };
    expect(completionDataFaults(extra, { [text]: 1 }).length).toBe(expected ? 0 : 1);
  });

  it("also beside others in one schema", () => {
    const properties = {
      a: { pattern: "^a$" },
      b: { pattern: "^b$" },
      both: { allOf: [{ pattern: "a" }, { pattern: "b" }] },
    };
    const pathsOf = (data: object) => completionDataFaults({ properties }, data).map(({ path }) => path);
    expect(pathsOf({ a: "a", b: "b", both: "ab" })).toEqual([]);
    expect(pathsOf({ a: "b", b: "a", both: "b" })).toEqual(["a", "b", "both"]);
  });
});

describe("A pattern that cannot be used is a fault with its place", () => {
  const inModule = (completion_data: unknown) =>
    faultsOf({ "courses/c.json": { slug: "c", modules: ["m"] }, "modules/m/completion.json": { completion_data } });

  it.each([
    ["lookahead", "(?=a)b", /lookaround/],
    ["lookbehind", "(?<!a)b", /lookaround/],
    ["a backreference", "(a)\\1", /backreferences/],
    ["too many repetitions", "a{1001}", /1,000 repetitions/],
    ["repetitions of repetitions", "(a{1,20}){1,20}", /maxLength/],
    ["half a character", "\\uD83D", /two halves/],
    ["no end", "(", /Unterminated group/],
    ["nothing to repeat", "+", /Nothing to repeat/],
  ])("%s", (_, pattern, reason) => {
    expect(inModule({ properties: { said: { pattern } } })).toEqual([
      {
        file: "modules/m/completion.json",
        path: "completion_data.properties.said.pattern",
        message: expect.stringMatching(reason),
      },
    ]);
  });

  it.each([
    ["in patternProperties", { patternProperties: { "(?=a)": true } }, "patternProperties.(?=a)"],
    ["under a property named default", { properties: { default: { pattern: "(?=a)" } } }, "properties.default.pattern"],
    ["in a list", { anyOf: [true, { items: { pattern: "(?=a)" } }] }, "anyOf.1.items.pattern"],
    ["in a definition", { $defs: { a: { pattern: "(?=a)" } } }, "$defs.a.pattern"],
  ])("%s", (_, schema, place) => {
    expect(schemaFaults(schema).map(({ path }) => path.join("."))).toEqual([place]);
  });

  it("every one of them at once", () => {
    expect(schemaFaults({ properties: { a: { pattern: "(?=a)" }, b: { pattern: "(a)\\1" } } })).toHaveLength(2);
  });

  it("many that are large together", () => {
    const allOf = Array.from({ length: 20 }, (_, index) => ({ pattern: `^${index}a{1,100}$` }));
    expect(schemaFaults({ allOf })).toMatchObject([{ path: [], message: expect.stringMatching(/large together/) }]);
    expect(schemaFaults({ allOf: allOf.slice(0, 10) })).toEqual([]);
  });

  it.each([
    ["a property of that name", { properties: { pattern: { type: "string" } } }],
    ["data", { const: { pattern: "(?=a)" }, enum: [{ pattern: "(" }], default: { pattern: "(" }, examples: ["("] }],
  ])("but not %s", (_, schema) => expect(schemaFaults(schema)).toEqual([]));
});
