import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  bestValue,
  decodeResult,
  encodeResult,
  firstDone,
  firstReached,
  mergeResults,
  type Result,
} from "../../src/model/result.ts";
import { at, plus } from "../support/builders/times.ts";
import { holds } from "../support/vitest/property.ts";
import { RUNS } from "../support/vitest/runs.ts";

const [ten, eleven, twelve] = [at("10:00"), at("11:00"), at("12:00")];
const result = (key: string, when: string, value: number | true): Result => ({ key, at: when, value });

const time = fc.integer({ min: 0, max: 5 }).map((minutes) => plus(ten, minutes * 60_000));
const value = fc.oneof(
  fc.constant(true as const),
  fc.integer({ min: 0, max: 100_000_000 }).map((millionths) => millionths / 1e6),
);
const key = fc.oneof(
  fc.constantFrom("quiz", "a#b", "1#true#2", "line\nbreak"),
  fc.string({ minLength: 1, unit: "grapheme" }),
);

describe("a result as a text", () => {
  it.each<[Result, string]>([
    [result("quiz-1", ten, 75), `${ten}#75#quiz-1`],
    [result("quiz-1", ten, 0), `${ten}#0#quiz-1`],
    [result("quiz-1", ten, 33.333333), `${ten}#33.333333#quiz-1`],
    [result("quiz-1", ten, 0.000001), `${ten}#0.000001#quiz-1`],
    [result("lab", ten, true), `${ten}#true#lab`],
    [result("step #2", ten, true), `${ten}#true#step #2`],
  ])("%j is %s", (given, text) => {
    expect(encodeResult(given)).toBe(text);
    expect(decodeResult(text)).toEqual(given);
  });

  it.each([
    "",
    "quiz",
    "#".repeat(10),
    `${ten}#75`,
    `${ten}#75#`,
    `${ten}##quiz`,
    `${ten}#-1#quiz`,
    `${ten}#1e3#quiz`,
    `${ten}#NaN#quiz`,
    `${ten}#false#quiz`,
    `2026-01-18T10:00:00Z#75#quiz`,
  ])("%j is none", (text) => expect(decodeResult(text)).toBeUndefined());

  it("can be read back, whatever the result", async () => {
    await holds(
      fc.property(key, time, value, (name, when, some) => {
        expect(decodeResult(encodeResult(result(name, when, some)))).toEqual(result(name, when, some));
      }),
      RUNS.pure,
    );
  });
});

describe("merged results say all that single ones say", () => {
  const results = fc.array(fc.record({ key: fc.constantFrom("a", "b"), at: time, value }), { maxLength: 8 });

  it("of when a value was first reached, and a key first and last done", async () => {
    const lastDone = (list: readonly Result[], name: string) =>
      list
        .filter((one) => one.key === name && one.value === true)
        .map((one) => one.at)
        .sort()
        .at(-1);
    await holds(
      fc.property(results, results, fc.nat({ max: 100 }), (some, others, least) => {
        const [all, merged] = [[...some, ...others], mergeResults(some, others)];
        for (const name of ["a", "b", "c"]) {
          expect(firstReached(merged, name, least)).toBe(firstReached(all, name, least));
          expect(firstDone(merged, name)).toBe(firstDone(all, name));
          expect(bestValue(merged, name)).toBe(bestValue(all, name));
          expect(lastDone(merged, name)).toBe(lastDone(all, name));
        }
        for (const one of merged) expect(all).toContainEqual(one);
        expect(new Set(merged.map(encodeResult)).size).toBe(merged.length);
      }),
      RUNS.pure,
    );
  });
});

describe("more results than are kept", () => {
  const many = Array.from({ length: 400 }, (_, index) =>
    result(index % 2 ? "a" : "b", plus(ten, index * 1_000), index % 7),
  );

  it("are thinned to what is better than all before it, and the newest of each key", () => {
    const kept = mergeResults(many, []);
    expect(kept).toHaveLength(2 * (50 + 4));
    for (const key of ["a", "b"]) {
      const [of, left] = [many, kept].map((list) => list.filter((one) => one.key === key)) as [Result[], Result[]];
      expect(left.slice(-50)).toEqual(of.slice(-50));
      for (const least of [0, 3, 6]) expect(firstReached(left, key, least)).toBe(firstReached(of, key, least));
    }
  });

  it("stay as they are up to three hundred, whatever they say", () => {
    expect(mergeResults(many.slice(0, 300), [])).toHaveLength(300);
  });
});

describe("among results", () => {
  const list = [
    result("quiz", eleven, 50),
    result("quiz", twelve, 80),
    result("quiz", ten, true),
    result("lab", ten, 100),
  ];

  it.each([
    ["quiz", 50, eleven],
    ["quiz", 0, eleven],
    ["quiz", 51, twelve],
    ["quiz", 80, twelve],
    ["quiz", 80.5, undefined],
    ["essay", 0, undefined],
  ])("%s first reached %d at %s", (name, least, when) => expect(firstReached(list, name, least)).toBe(when));

  it.each([
    ["quiz", ten],
    ["lab", ten],
    ["essay", undefined],
  ])("%s was first done at %s", (name, when) => expect(firstDone(list, name)).toBe(when));

  it.each([
    ["quiz", 80],
    ["lab", 100],
    ["essay", undefined],
  ])("the best of %s is %s", (name, best) => expect(bestValue(list, name)).toBe(best));

  it("there is nothing where there are none", () => {
    expect(firstReached(undefined, "quiz", 0)).toBeUndefined();
    expect(firstDone(undefined, "quiz")).toBeUndefined();
    expect(bestValue(undefined, "quiz")).toBeUndefined();
    expect(bestValue([result("lab", ten, true)], "lab")).toBeUndefined();
  });
});
