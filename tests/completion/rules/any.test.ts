import { expect, it } from "vitest";
import { any } from "../../../src/completion/rules/any.ts";
import { type EntryTimes, outcomeOf } from "../../support/builders/entries.ts";
import { at } from "../../support/builders/times.ts";

const evaluate = (entries: EntryTimes) => outcomeOf(any, {}, entries);
const [ten, eleven] = [at("10:00"), at("11:00")];

it.each([
  ["one of three", [{ a: undefined, b: ten, c: undefined }], ten, { completed: 1, total: 3 }],
  ["two of two: the first in time", [{ a: eleven, b: ten }], ten, { completed: 2, total: 2 }],
  ["an optional one alone", [{ a: undefined }, { b: eleven }], eleven, { completed: 1, total: 2 }],
  ["the only one", [{ a: ten }], ten, { completed: 1, total: 1 }],
] as const)("is complete with %s", (_, entries, completedAt, progress) => {
  expect(evaluate(entries)).toEqual({ completed: true, completedAt, progress, needed: 1, missing: [] });
});

it("misses every one until one is done", () => {
  expect(evaluate([{ a: undefined }, { b: undefined }])).toEqual({
    completed: false,
    progress: { completed: 0, total: 2 },
    needed: 1,
    missing: [
      { type: "module", slug: "a" },
      { type: "module", slug: "b" },
    ],
  });
});

it("of nothing asks for nothing, and is never complete", () => {
  expect(evaluate([{}])).toMatchObject({ completed: false, progress: { completed: 0, total: 0 }, needed: 0 });
});
