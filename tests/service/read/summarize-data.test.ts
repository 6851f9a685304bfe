import { describe, expect, it } from "vitest";
import { carriedBytes, MAX_ANSWER_BYTES } from "../../../src/service/read/answer-size.ts";
import { DataSummary } from "../../../src/service/read/summarize-data.ts";

const summaryOf = (data: readonly unknown[], schema?: unknown) => {
  const summary = new DataSummary(schema);
  for (const one of data) summary.add(one);
  return summary.result();
};
/** The summary of a field that has these values, one after the other. */
const fieldOf = (values: readonly unknown[], schema?: unknown) =>
  summaryOf(
    values.map((x) => ({ x })),
    schema,
  ).fields.x;
const times = <T>(count: number, make: (index: number) => T) =>
  Array.from({ length: count }, (_, index) => make(index));

describe("numbers", () => {
  it.each([
    ["one", [7], { count: 1, min: 7, mean: 7, max: 7, quartiles: [7, 7, 7] }],
    ["two", [10, 20], { count: 2, min: 10, mean: 15, max: 20, quartiles: [12.5, 15, 17.5] }],
    ["three", [1, 2, 3], { count: 3, min: 1, mean: 2, max: 3, quartiles: [1.5, 2, 2.5] }],
    ["five, in any order", [50, 10, 40, 20, 30], { count: 5, min: 10, mean: 30, max: 50, quartiles: [20, 30, 40] }],
    ["by value, not as texts", [9, 10, 100], { count: 3, min: 9, mean: 39.6667, max: 100, quartiles: [9.5, 10, 55] }],
    ["alike", [5, 5, 5, 5], { count: 4, min: 5, mean: 5, max: 5, quartiles: [5, 5, 5] }],
    ["below and above 0", [-1, 0, 1], { count: 3, min: -1, mean: 0, max: 1, quartiles: [-0.5, 0, 0.5] }],
    [
      "whose sum is inexact in binary",
      [0.1, 0.2],
      { count: 2, min: 0.1, mean: 0.15, max: 0.2, quartiles: [0.125, 0.15, 0.175] },
    ],
    ["a hundred", times(101, (index) => index), { count: 101, min: 0, mean: 50, max: 100, quartiles: [25, 50, 75] }],
  ])("%s", (_, values, expected) => expect(fieldOf(values)).toEqual(expected));
});

describe("truth values", () => {
  it.each([
    ["all true", [true, true], { count: 2, true_share: 1 }],
    ["none true", [false], { count: 1, true_share: 0 }],
    ["two of three", [true, false, true], { count: 3, true_share: 0.6667 }],
  ])("%s", (_, values, expected) => expect(fieldOf(values)).toEqual(expected));
});

describe("texts", () => {
  it("are counted, the commonest first", () => {
    const field = fieldOf(["Tense", "Calm", "Calm", "Angry", "Tense", "Calm"]);
    expect(field).toEqual({ count: 6, frequencies: { Calm: 3, Tense: 2, Angry: 1 } });
    expect(Object.keys((field as { frequencies: object }).frequencies)).toEqual(["Calm", "Tense", "Angry"]);
  });

  it.each([
    ["of 100 characters are counted", "x".repeat(100), { count: 1, frequencies: { ["x".repeat(100)]: 1 } }],
    ["of 101 characters are not shown", "x".repeat(101), { count: 1 }],
    ["that are empty are counted", "", { count: 1, frequencies: { "": 1 } }],
    ["that every object has as a name", "constructor", { count: 1, frequencies: { constructor: 1 } }],
  ])("%s", (_, text, expected) => expect(fieldOf([text])).toEqual(expected));

  it("are told apart by case and space", () => {
    expect(fieldOf(["calm", "Calm", "calm "])).toEqual({ count: 3, frequencies: { Calm: 1, calm: 1, "calm ": 1 } });
  });

  it("of more than a hundred kinds show the hundred commonest, and count all", () => {
    const field = fieldOf([...times(150, (index) => `text ${String(index).padStart(3, "0")}`), "text 149"]);
    const { count, frequencies } = field as { count: number; frequencies: Record<string, number> };
    expect(count).toBe(151);
    expect(Object.keys(frequencies)).toHaveLength(100);
    expect(Object.entries(frequencies).slice(0, 2)).toEqual([
      ["text 149", 2],
      ["text 000", 1],
    ]);
  });

  it("of any number of kinds stay bounded in memory, and those known early are still counted", () => {
    const field = fieldOf([
      ...times(5_000, (index) => `text ${index}`),
      ...times(10, () => "text 0"),
      ...times(20, () => "late"),
    ]);
    const { count, frequencies } = field as { count: number; frequencies: Record<string, number> };
    expect(count).toBe(5_030);
    expect(frequencies["text 0"]).toBe(11);
    expect(Object.keys(frequencies)).toHaveLength(100);
  });
});

describe("a field", () => {
  it.each([
    ["null, which is nothing", [null], undefined],
    ["null beside a value", [null, 3], { count: 1, min: 3, mean: 3, max: 3, quartiles: [3, 3, 3] }],
    ["a list, counted once, its entries each", [["a", "b"], ["a"]], { count: 2, frequencies: { a: 2, b: 1 } }],
    ["a list of numbers", [[1, 2, 3]], { count: 1, min: 1, mean: 2, max: 3, quartiles: [1.5, 2, 2.5] }],
    ["an empty list", [[]], { count: 1 }],
    ["a list of objects", [[{ x: 1 }, { y: 2 }]], { count: 1 }],
    ["numbers among texts, taken as numbers", ["high", 3], { count: 2, min: 3, mean: 3, max: 3, quartiles: [3, 3, 3] }],
    ["truth values among texts", ["yes", true], { count: 2, true_share: 1 }],
  ])("with %s", (_, values, expected) => expect(fieldOf(values)).toEqual(expected));

  it("inside others has a dotted path", () => {
    const data = [{ place: { city: "Pune", at: { floor: 3 } }, mood: "Calm" }, { place: { city: "Kyiv" } }];
    expect(summaryOf(data)).toEqual({
      count: 2,
      fields: {
        "place.city": { count: 2, frequencies: { Kyiv: 1, Pune: 1 } },
        "place.at.floor": { count: 1, min: 3, mean: 3, max: 3, quartiles: [3, 3, 3] },
        mood: { count: 1, frequencies: { Calm: 1 } },
      },
    });
  });

  it("with the name of what every object has is a field like others", () => {
    const data = JSON.parse('{"__proto__": {"x": 1}, "constructor": "a", "toString": true}');
    expect(Object.keys(summaryOf([data]).fields)).toEqual(["__proto__.x", "constructor", "toString"]);
  });
});

describe("by a schema", () => {
  const schema = {
    properties: {
      intensity: { type: "number" },
      emotion: { type: "string" },
      answers: { type: "object" },
      place: { properties: { city: { type: "string" }, floor: { type: "number" } } },
    },
  };

  it("every field is told, also those that nobody sent", () => {
    expect(summaryOf([], schema)).toEqual({
      count: 0,
      fields: {
        intensity: { count: 0 },
        emotion: { count: 0 },
        answers: { count: 0 },
        "place.city": { count: 0 },
        "place.floor": { count: 0 },
      },
    });
  });

  it("no field is told that it does not name", () => {
    const { fields } = summaryOf([{ other: 1, emotion: "Calm", place: { street: "x" } }], schema);
    expect(Object.keys(fields)).toEqual(["intensity", "emotion", "answers", "place.city", "place.floor"]);
    expect(fields.emotion).toEqual({ count: 1, frequencies: { Calm: 1 } });
  });

  it("an object that it leaves open is counted, whatever is in it", () => {
    const { fields } = summaryOf(
      [{ answers: { q1: "a" } }, { answers: {} }, { answers: ["a"] }, { answers: null }],
      schema,
    );
    expect(fields.answers).toEqual({ count: 3, frequencies: { a: 1 } });
    expect(Object.keys(fields)).not.toContain("answers.q1");
  });

  it.each([
    ["is none", undefined],
    ["is true", true],
    ["names no properties", { type: "object" }],
  ])("that %s, every field that was sent is told", (_, any) => {
    expect(summaryOf([{ a: 1, b: { c: true } }], any).fields).toMatchObject({
      a: { min: 1 },
      "b.c": { true_share: 1 },
    });
  });
});

describe("data that are no object", () => {
  it.each([["a text"], [3], [true], [null], [["a"]]])("count, without a field: %j", (data) => {
    expect(summaryOf([data])).toEqual({ count: 1, fields: {} });
  });
});

it("no data at all come to nothing", () => expect(summaryOf([])).toEqual({ count: 0, fields: {} }));

describe("whatever keys learners write", () => {
  const keys = (count: number, prefix: string) => Object.fromEntries(times(count, (key) => [`${prefix}${key}`, 1]));

  it.each([
    [199, undefined],
    [200, undefined],
    [201, 1],
    [5_000, 4_800],
  ])("of %i fields at most 200 are told, and %s are left out", (count, more) => {
    const summary = summaryOf([keys(count, "k")]);
    expect(Object.keys(summary.fields)).toHaveLength(Math.min(count, 200));
    expect(summary.fields_more).toBe(more);
  });

  it("the most frequent fields are told, and of those alike the first by name", () => {
    const data = [keys(150, "b"), { ...keys(150, "b"), ...keys(100, "a") }];
    const names = Object.keys(summaryOf(data).fields);
    const firstByName = Object.keys(keys(100, "a")).sort().slice(0, 50);
    expect(names.toSorted()).toEqual([...firstByName, ...Object.keys(keys(150, "b"))].sort());
  });

  it("fields that all have stand out from ever new ones, and are counted to the last", () => {
    const summary = new DataSummary(undefined);
    for (let index = 0; index < 300; index++)
      summary.add({ ...keys(500, `new-${index}-`), mood: index % 2 === 0 ? "Calm" : "Tense", intensity: index });
    const { count, fields, fields_more } = summary.result();
    expect(count).toBe(300);
    expect(fields.mood).toEqual({ count: 300, frequencies: { Calm: 150, Tense: 150 } });
    expect(fields.intensity).toMatchObject({ count: 300, min: 0, max: 299, mean: 149.5 });
    // So many are told apart, and more are not kept in memory.
    expect(fields_more).toBe(100_000);
  });

  it("a path of 200 characters is told, and a longer one is left out, as one field", () => {
    const long = "x".repeat(200);
    expect(summaryOf([{ [long]: 1 }]).fields).toHaveProperty(long);
    expect(summaryOf([{ [`${long}x`]: { a: 1, b: 2 } }, { [`${long}x`]: 3 }])).toEqual({
      count: 2,
      fields: {},
      fields_more: 1,
    });
  });

  it("what is nested deep is left out where its path is too long, and nothing overflows", () => {
    const nest = (depth: number, name: string): unknown => (depth === 0 ? 1 : { [name]: nest(depth - 1, name) });
    expect(Object.keys(summaryOf([nest(30, "abc")]).fields)).toHaveLength(1);
    expect(summaryOf([nest(2_000, "abc")])).toMatchObject({ fields: {}, fields_more: 1 });
  });

  it.each([
    ["letters of three bytes", "語"],
    ["quotation marks", '"'],
  ])("the answer holds what a Lambda hands over, with values of %s", (_, letter) => {
    const summary = new DataSummary(undefined);
    for (let index = 0; index < 100; index++) {
      const value = `${letter.repeat(90)}${index}`;
      summary.add(Object.fromEntries(times(200, (key) => [`${letter.repeat(190)}${key}`, value])));
    }
    const told = summary.result();
    expect(carriedBytes(JSON.stringify(told))).toBeLessThanOrEqual(MAX_ANSWER_BYTES);
    expect(Object.keys(told.fields).length).toBeGreaterThan(100);
    expect(Object.keys(told.fields).length + (told.fields_more ?? 0)).toBe(200);
  });

  it("a schema of more fields than are told shows those that were sent", () => {
    const properties = Object.fromEntries(times(300, (key) => [`p${key}`, {}]));
    const summary = summaryOf([{ p299: 1 }], { properties });
    expect(Object.keys(summary.fields)).toHaveLength(200);
    expect(summary.fields.p299).toMatchObject({ count: 1 });
    expect(summary.fields_more).toBe(100);
  });
});

describe("many numbers", () => {
  it("have the exact mean and range, and quartiles close by", () => {
    const summary = new DataSummary(undefined);
    for (let index = 0; index < 50_000; index++) summary.add({ x: (index * 7_919) % 50_000 });
    const { x } = summary.result().fields as Record<string, { mean: number; quartiles: number[] }>;
    expect(x).toMatchObject({ count: 50_000, min: 0, max: 49_999, mean: 24_999.5 });
    for (const [index, exact] of [12_500, 25_000, 37_500].entries())
      expect(Math.abs((x?.quartiles[index] ?? 0) - exact)).toBeLessThan(1_500);
  });

  it("that are as large as numbers get stay numbers", () => {
    const field = fieldOf([1.7e308, 1.7e308, -1.7e308]) as { mean: number; quartiles: number[] };
    expect([field.mean, ...field.quartiles].every(Number.isFinite)).toBe(true);
    expect(field.mean / 1e308).toBeCloseTo(1.7 / 3);
  });
});
