import { expect, it } from "vitest";
import { requirementOf } from "../../../src/catalog/build-requirement.ts";
import { calculateCompletion } from "../../../src/completion/calculate.ts";
import { atLeastPercent } from "../../../src/completion/rules/at-least-percent.ts";
import { RULES } from "../../../src/completion/rules/index.ts";
import { catalogOf } from "../../support/builders/catalogs.ts";
import { type EntryTimes, outcomeOf } from "../../support/builders/entries.ts";
import { progressOf } from "../../support/builders/progress.ts";
import { at } from "../../support/builders/times.ts";

const [nine, ten, eleven, noon] = [at("09:00"), at("10:00"), at("11:00"), at("12:00")];
const evaluate = (percent: number, entries: EntryTimes) => outcomeOf(atLeastPercent, { percent }, entries);
const needOf = (percent: number, parts: number) =>
  requirementOf({ rule: "at-least-percent", percent }, RULES, {
    all: Array.from({ length: parts }, () => ({})),
    named: () => undefined,
  }).need;

it.each([
  [50, 4, 2],
  [50, 3, 2],
  [1, 100, 1],
  [1, 101, 2],
  [1, 1, 1],
  [67, 3, 3],
  [66, 3, 2],
  [100, 7, 7],
  [7, 100, 7],
  [55.1, 1_000, 551],
  [33.34, 3, 2],
  [50, 0, 0],
])("%d percent of %i are %i", (percent, parts, need) => expect(needOf(percent, parts)).toBe(need));

it.each([
  ["half of three, rounded up: the second in time", 50, [{ a: noon, b: ten, c: eleven }], eleven, 2],
  ["all of two", 100, [{ a: ten, b: eleven }], eleven, 2],
  ["optional ones as well", 50, [{ a: ten }, { b: eleven, c: undefined }], eleven, 2],
] as const)("is complete with %s", (_, percent, entries, completedAt, needed) => {
  expect(evaluate(percent, entries)).toMatchObject({ completed: true, completedAt, needed, missing: [] });
});

it("follows the number of entries that are in force", () => {
  const modules = ["a", "b", { slug: "c", from: ten }, { slug: "d", from: ten }];
  const catalog = catalogOf({
    "courses/c.json": { slug: "c", modules, completion: { rule: "at-least-percent", percent: 50 } },
  });
  const completion = (done: Record<string, string>, asOf: string) =>
    calculateCompletion(catalog.at(asOf), { type: "course", slug: "c" }, progressOf({ modules: done }));
  expect(completion({}, nine).progress).toEqual({ completed: 0, total: 2, needed: 1, shortBy: 1 });
  expect(completion({}, noon).progress).toEqual({ completed: 0, total: 4, needed: 2, shortBy: 2 });
  expect(completion({ a: nine }, noon).completedAt).toBe(nine);
  expect(completion({ a: eleven }, noon).completedAt).toBeUndefined();
  expect(completion({ a: eleven, c: noon }, noon).completedAt).toBe(noon);
});
