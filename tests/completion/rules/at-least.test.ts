import { expect, it } from "vitest";
import { atLeast } from "../../../src/completion/rules/at-least.ts";
import { type EntryTimes, outcomeOf } from "../../support/builders/entries.ts";
import { at } from "../../support/builders/times.ts";

const evaluate = (count: number, entries: EntryTimes) => outcomeOf(atLeast, { count }, entries);
const [ten, eleven, noon] = [at("10:00"), at("11:00"), at("12:00")];

it.each([
  ["1 of 3: the first in time", 1, [{ a: noon, b: ten, c: undefined }], ten, { completed: 2, total: 3 }],
  ["2 of 3: the second in time", 2, [{ a: noon, b: ten, c: eleven }], eleven, { completed: 3, total: 3 }],
  ["3 of 3: the last", 3, [{ a: noon, b: ten, c: eleven }], noon, { completed: 3, total: 3 }],
  ["2 of 3 at one moment", 2, [{ a: ten, b: ten, c: noon }], ten, { completed: 3, total: 3 }],
  ["2 of 2, one optional", 2, [{ a: ten }, { b: eleven }], eleven, { completed: 2, total: 2 }],
  ["1 of 2, an optional one alone", 1, [{ a: undefined }, { b: eleven }], eleven, { completed: 1, total: 2 }],
  ["1 of 2, all optional", 1, [{}, { a: ten, b: undefined }], ten, { completed: 1, total: 2 }],
] as const)("is complete with %s", (_, count, entries, completedAt, progress) => {
  expect(evaluate(count, entries)).toEqual({ completed: true, completedAt, progress, needed: count, missing: [] });
});

it.each([
  ["0 of 2", 1, [{ a: undefined, b: undefined }], { completed: 0, total: 2 }, ["a", "b"]],
  ["1 of 3 where 2 are needed", 2, [{ a: undefined, b: ten, c: undefined }], { completed: 1, total: 3 }, ["a", "c"]],
  ["optional entries open, which count too", 2, [{ a: ten }, { b: undefined }], { completed: 1, total: 2 }, ["b"]],
] as const)("is not complete with %s", (_, count, entries, progress, missing) => {
  expect(evaluate(count, entries)).toEqual({
    completed: false,
    progress,
    needed: count,
    missing: missing.map((slug) => ({ type: "module", slug })),
  });
});

it("is never complete without entries", () => {
  expect(evaluate(1, [{}])).toMatchObject({ completed: false, progress: { completed: 0, total: 0 }, missing: [] });
});

it.each([
  [1, 1, undefined],
  [3, 4, undefined],
  [2, 1, "at-least asks for 2 of only 1 entry"],
  [1, 0, "at-least asks for 1 of only 0 entries"],
])("%i of %i entries has the fault: %s", (count, entries, fault) => {
  expect(atLeast.fault?.({ count } as never, entries)).toBe(fault);
});
