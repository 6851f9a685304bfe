import { expect, it } from "vitest";
import { decodeItem } from "../../../src/store/dynamodb/attribute-values.ts";

const BYTES = new Uint8Array([0, 1, 255]);

it.each([
  ["a text", { S: "ruby" }, "ruby"],
  ["an empty text", { S: "" }, ""],
  ["a boolean", { BOOL: false }, false],
  ["null", { NULL: true }, null],
  ["a number", { N: "79.996" }, 79.996],
  ["a number beyond 2^53, with the digits that a number has", { N: "9007199254740993" }, Number("9007199254740993")],
  ["bytes", { B: "AAH/" }, BYTES],
  ["a set of texts", { SS: ["b", "a"] }, new Set(["b", "a"])],
  ["a set of numbers", { NS: ["1", "2.5"] }, new Set([1, 2.5])],
  ["a set of bytes", { BS: ["AAH/"] }, new Set([BYTES])],
  ["a list", { L: [{ S: "a" }, { L: [{ N: "1" }] }] }, ["a", [1]]],
  ["an object", { M: { "": { S: "a" }, deep: { M: { yes: { BOOL: true } } } } }, { "": "a", deep: { yes: true } }],
])("reads %s as the document client does", (_, stored, value) => {
  expect(decodeItem({ attribute: structuredClone(stored) })).toEqual({ attribute: value });
});

it("keeps an attribute of any name an attribute", () => {
  const item = decodeItem(JSON.parse('{"__proto__":{"S":"a"},"constructor":{"S":"b"}}'));
  expect(Object.entries(item)).toEqual([
    ["__proto__", "a"],
    ["constructor", "b"],
  ]);
});
