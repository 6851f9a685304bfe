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
