import { expect, it } from "vitest";
import { all } from "../../../src/completion/rules/all.ts";
import { type EntryTimes, outcomeOf } from "../../support/builders/entries.ts";
import { at } from "../../support/builders/times.ts";

const evaluate = (entries: EntryTimes) => outcomeOf(all, {}, entries);
const [ten, eleven, noon] = [at("10:00"), at("11:00"), at("12:00")];

it.each([
  ["one entry", [{ a: ten }], ten, { completed: 1, total: 1 }],
  ["three entries: at the latest", [{ a: eleven, b: noon, c: ten }], noon, { completed: 3, total: 3 }],
  ["entries at one moment", [{ a: ten, b: ten }], ten, { completed: 2, total: 2 }],
  ["times a millisecond apart", [{ a: at("10:00:00.500"), b: ten }], at("10:00:00.500"), { completed: 2, total: 2 }],
  ["an optional entry open", [{ a: ten, b: eleven }, { c: undefined }], eleven, { completed: 2, total: 2 }],
  ["an optional entry later, which counts nowhere", [{ a: ten }, { b: noon }], ten, { completed: 1, total: 1 }],
] as const)("is complete with %s", (_, entries, completedAt, progress) => {
  expect(evaluate(entries)).toEqual({
    completed: true,
    completedAt,
    progress,
    needed: progress.total,
    missing: [],
  });
});

it.each([
  ["nothing done", [{ a: undefined, b: undefined }], { completed: 0, total: 2 }, ["a", "b"]],
  [
    "one open, in the order of entries",
    [{ c: undefined, b: ten, a: undefined }],
    { completed: 1, total: 3 },
    ["c", "a"],
  ],
  ["only optional entries done", [{ a: undefined }, { b: ten, c: ten }], { completed: 0, total: 1 }, ["a"]],
  [
    "optional entries open, which are not missing",
    [{ a: undefined, b: ten }, { c: undefined }],
    { completed: 1, total: 2 },
    ["a"],
  ],
  ["no entries", [{}], { completed: 0, total: 0 }, []],
  ["nothing required", [{}, { a: ten, b: ten }], { completed: 0, total: 0 }, []],
] as const)("is not complete with %s", (_, entries, progress, missing) => {
  expect(evaluate(entries)).toEqual({
    completed: false,
    progress,
    needed: progress.total,
    missing: missing.map((slug) => ({ type: "module", slug })),
  });
});
