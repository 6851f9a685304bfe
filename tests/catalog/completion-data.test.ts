import { describe, expect, it } from "vitest";
import { completionDataFaults, schemaFaults } from "../../src/catalog/completion-data.ts";
import { faultsOfData, type JsonSchema } from "../../src/catalog/validate-data.ts";
import { faultsOf } from "../support/builders/catalogs.ts";

const SCHEMA = {
  type: "object",
  properties: {
    intensity: { type: "number", minimum: 0, maximum: 100 },
    emotion: { enum: ["Calm", "Tense"] },
    date: { type: "string", format: "date" },
    steps: { type: "array", items: { type: "string" } },
    place: {
      type: "object",
      properties: { city: { type: "string" }, "a/b": { type: "string" }, "c~d": { type: "string" } },
      required: ["city"],
      additionalProperties: false,
    },
  },
  required: ["emotion"],
};
const paths = (data: unknown, schema: JsonSchema = SCHEMA) =>
  completionDataFaults(schema, data)
    .map(({ path }) => path)
    .sort();
const calm = { emotion: "Calm" };

describe("completion data", () => {
  it.each([
    ["the least", calm],
    ["the bounds", { ...calm, intensity: 0 }],
    ["the other bound", { ...calm, intensity: 100 }],
    ["a day that there is", { ...calm, date: "2028-02-29" }],
    ["an empty list", { ...calm, steps: [] }],
    ["a field that the schema does not name", { ...calm, other: 1 }],
  ])("with %s have no fault", (_, data) => expect(paths(data)).toEqual([]));

  it.each([
    ["a number just too large", { ...calm, intensity: 100.000001 }, ["intensity"]],
    ["a number below", { ...calm, intensity: -1 }, ["intensity"]],
    ["a text for a number", { ...calm, intensity: "50" }, ["intensity"]],
    ["a day that there is not", { ...calm, date: "2027-02-29" }, ["date"]],
    ["a value that is not in the list", { emotion: "calm" }, ["emotion"]],
    ["a missing field, told by its name", {}, ["emotion"]],
    ["an entry of a list", { ...calm, steps: ["a", 1, "b", 2] }, ["steps.1", "steps.3"]],
    ["a missing field inside", { ...calm, place: {} }, ["place.city"]],
    ["a field too many inside", { ...calm, place: { city: "Pune", zip: 1 } }, ["place.zip"]],
    [
      "names with slashes and tildes",
      { ...calm, place: { "a/b": 1, "c~d": 1 } },
      ["place.a/b", "place.city", "place.c~d"],
    ],
    ["all faults at once", { intensity: 101, date: "x", steps: {} }, ["date", "emotion", "intensity", "steps"]],
    ["no object at all", [], [""]],
    ["null", null, [""]],
  ] as [string, unknown, string[]][])("have a fault in %s (%j), told with its place", (_, data, expected) => {
    expect(paths(data)).toEqual(expected);
  });

  it("are told in sentences", () => {
    expect(completionDataFaults(SCHEMA, { intensity: 101, emotion: "Calm" })).toEqual([
      { path: "intensity", message: "Must be <= 100" },
    ]);
  });

  it("are checked by the same faults, however the validator is come by", () => {
    expect(faultsOfData(SCHEMA, {})).toEqual(completionDataFaults(SCHEMA, {}));
  });

  it("are left as they are: no defaults, no conversions", () => {
    const data = { n: "1" };
    completionDataFaults({ properties: { n: { type: "number" }, d: { default: 1 } } }, data);
    expect(data).toEqual({ n: "1" });
  });

  it.each([
    [true, []],
    [false, [""]],
    [{}, []],
  ] as [JsonSchema, string[]][])("by the schema %j have the faults %j", (schema, expected) => {
    expect(paths({ any: "thing" }, schema)).toEqual(expected);
    expect(paths({ any: "thing" }, schema)).toEqual(expected);
  });

  it("are checked at once, though the schema asks for a promise", () => {
    expect(paths(3, { $async: true, type: "string" })).toEqual([""]);
  });
});

describe("a schema", () => {
  it.each([
    ["a keyword of its own", { type: "object", "x-widget": "slider", properties: { a: { widget: true } } }],
    ["a format that is none", { type: "string", format: "mood" }],
    ["an older dialect", { $schema: "http://json-schema.org/draft-07/schema#", type: "string" }],
    ["a dialect that there is not", { $schema: "https://example.com/none", type: "string" }],
    ["definitions", { $ref: "#/$defs/mood", $defs: { mood: { type: "string" } } }],
    ["several types", { type: ["string", "null"] }],
  ])("may have %s", (_, schema) => expect(schemaFaults(schema)).toEqual([]));

  it("with an $id may be there twice, and come again with a reload", () => {
    const file = { completion_data: { $id: "https://example.com/mood", type: "string" } };
    const content = {
      "courses/c.json": { slug: "c", modules: ["a", "b"] },
      "modules/a/completion.json": file,
      "modules/b/completion.json": { completion_data: { ...file.completion_data, maxLength: 3 } },
    };
    expect(faultsOf(content)).toEqual([]);
    expect(faultsOf(content)).toEqual([]);
    expect(paths("long", file.completion_data)).toEqual([]);
    expect(paths("long", { ...file.completion_data, maxLength: 3 })).toEqual([""]);
  });

  it.each([
    ["an unknown type", { type: "numbers" }],
    ["a bound that is no number", { maximum: "100" }],
    ["a reference to nowhere", { $ref: "#/$defs/none" }],
    ["a reference to another document", { $ref: "https://example.com/other" }],
  ])("with %s is refused", (_, schema) =>
    expect(schemaFaults(schema)).toEqual([{ path: [], message: expect.stringMatching(/^Not a JSON Schema: /) }]),
  );
});

describe("items that must be unique", () => {
  const schema = { uniqueItems: true };
  it.each([
    ["nothing", [], []],
    ["different numbers", [1, 2, 3], []],
    ["a number and the same as text", [1, "1"], []],
    ["objects with other values", [{ a: 1 }, { a: 2 }], []],
    ["true, 1, null, 0 and false", [true, 1, null, 0, false], []],
    ["a list and what is in it", [[1], 1], []],
    ["a number twice", [1, 2, 1], [""]],
    [
      "objects whose keys are in another order",
      [
        { a: 1, b: [2] },
        { b: [2], a: 1 },
      ],
      [""],
    ],
    ["lists twice", [[{ a: null }], [{ a: null }]], [""]],
    ["no list at all", { a: 1, b: 1 }, []],
  ])("are so: %s", (_, data, expected) => expect(paths(data, schema)).toEqual(expected));

  it("need not be so where the schema says so", () => expect(paths([1, 1], { uniqueItems: false })).toEqual([]));
  it("are told like other faults", () =>
    expect(completionDataFaults({ properties: { list: schema } }, { list: [1, 1] })).toEqual([
      { path: "list", message: "Must NOT have duplicate items" },
    ]));
});

describe("a schema that leads back to itself", () => {
  const tree = {
    $ref: "#/$defs/node",
    $defs: {
      node: {
        type: "object",
        properties: { value: { type: "number" }, left: { $ref: "#/$defs/node" }, right: { $ref: "#/$defs/node" } },
        required: ["value"],
      },
    },
  };
  const full = (depth: number): object =>
    depth === 0 ? { value: 0 } : { value: depth, left: full(depth - 1), right: full(depth - 1) };

  it("checks a tree of 1,000 nodes", () => {
    expect(paths(full(9), tree)).toEqual([]);
    expect(paths({ value: 1, left: { value: "2" } }, tree)).toEqual(["left.value"]);
  });

  const lists = (ways: number, depth: number) => {
    const list = { type: "array", items: { $ref: "#/$defs/list" } };
    const schema = {
      $ref: "#/$defs/list",
      $defs: { list: { anyOf: [...Array.from({ length: ways }, () => list), { type: "number" }] } },
    };
    return [schema, Array.from({ length: depth }).reduce<unknown>((inner) => [inner], "none")] as const;
  };
  it.each([
    ["by several ways, whose work doubles at each level of the data", ...lists(2, 30)],
    ["by ten ways", ...lists(10, 30)],
    ["where no keyword that we know has schemas", { $ref: "#/own/list", own: lists(2, 30)[0].$defs }, lists(2, 30)[1]],
    [
      "never, but doubles with each definition",
      {
        $ref: "#/$defs/d40",
        $defs: Object.fromEntries(
          Array.from({ length: 41 }, (_, index) => [
            `d${index}`,
            index === 0 ? { type: "number" } : { allOf: [0, 1].map(() => ({ $ref: `#/$defs/d${index - 1}` })) },
          ]),
        ),
      },
      1,
    ],
  ] as [string, JsonSchema, unknown][])("%s, is given up in time", (_, schema, data) => {
    const own = JSON.parse(
      JSON.stringify(schema).replaceAll("#/$defs/list", "own" in (schema as object) ? "#/own/list" : "#/$defs/list"),
    );
    expect(completionDataFaults(own, data)).toEqual([
      { path: "", message: "Is nested so that checking it by the schema takes too long" },
    ]);
    // The next one is counted from the beginning.
    expect(paths(full(9), tree)).toEqual([]);
  });

  it("by several ways takes data that are not deep", () => {
    const [schema] = lists(2, 0);
    expect(paths([[[1]]], schema)).toEqual([]);
  });

  it.each([
    ["data under the names of keywords", { properties: { a: { const: { items: 1 } } } }, { a: { items: 1 } }],
    ["a field that is called items", { properties: { items: { type: "number" } } }, { items: 1 }],
    ["fields that depend on others", { dependentRequired: { a: ["b"] } }, { a: 1, b: 1 }],
    ["objects in a list of values", { enum: [{ a: 1 }] }, { a: 1 }],
    ["schemas that are true", { additionalProperties: true, properties: { a: true } }, { a: 1 }],
  ] as [string, JsonSchema, unknown][])("or not, is what it was with %s", (_, schema, data) => {
    expect(schemaFaults(schema)).toEqual([]);
    expect(paths(data, schema)).toEqual([]);
  });
});
