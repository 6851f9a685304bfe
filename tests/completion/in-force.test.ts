import { describe, expect, it } from "vitest";
import { calculateCompletion } from "../../src/completion/calculate.ts";
import { catalogOf } from "../support/builders/catalogs.ts";
import { progressOf } from "../support/builders/progress.ts";
import { at } from "../support/builders/times.ts";

const [nine, ten, eleven, noon] = [at("09:00"), at("10:00"), at("11:00"), at("12:00")];
const catalog = catalogOf({
  // From 10:00 on `late` is asked for as well; until 11:00 `early` was.
  "courses/added.json": { slug: "added", modules: ["a", { slug: "late", from: ten }] },
  "courses/dropped.json": { slug: "dropped", modules: ["a", { slug: "early", until: eleven }] },
  "courses/swapped.json": {
    slug: "swapped",
    modules: [
      { slug: "old", until: ten },
      { slug: "new", from: ten },
    ],
  },
  "courses/gap.json": {
    slug: "gap",
    modules: [
      { slug: "old", until: nine },
      { slug: "new", from: ten },
    ],
  },
});
const completion = (slug: string, modules: Record<string, string>, asOf = noon) =>
  calculateCompletion(catalog.at(asOf), { type: "course", slug }, progressOf({ modules }));

describe("a lesson that is added with from", () => {
  it.each([
    ["does not bind who was done before", { a: nine }, nine],
    ["does not bind who was done in the last millisecond before", { a: at("09:59:59.999") }, at("09:59:59.999")],
    ["binds who got there at that moment", { a: ten }, undefined],
    ["binds who came later", { a: eleven }, undefined],
    ["is asked for beside the rest, in whatever order", { a: eleven, late: nine }, eleven],
    ["may come last", { a: eleven, late: noon }, noon],
  ])("%s", (_, modules, completedAt) => {
    expect(completion("added", modules).completedAt).toBe(completedAt);
  });

  it("is missing once it is in force, and not before", () => {
    expect(completion("added", {}, nine)).toMatchObject({ progress: { total: 1 }, missing: [{ slug: "a" }] });
    expect(completion("added", {}, ten)).toMatchObject({
      progress: { total: 2 },
      missing: [{ slug: "a" }, { slug: "late" }],
    });
  });
});

describe("a lesson that is asked for until a moment", () => {
  it.each([
    ["who has all but that is done at that moment", { a: nine }, noon, eleven],
    ["and not a millisecond before", { a: nine }, at("10:59:59.999"), undefined],
    ["who has it, too, was done by then", { a: nine, early: ten }, noon, ten],
    ["who comes later needs it not", { a: noon }, noon, noon],
  ])("%s", (_, modules, asOf, completedAt) => {
    expect(completion("dropped", modules, asOf).completedAt).toBe(completedAt);
  });
});

describe("a lesson in the place of another", () => {
  it.each([
    ["the old one counted while it was asked for", { old: nine }, nine],
    ["and counts no more", { old: ten }, undefined],
    ["the new one counts from then on, done earlier at that moment", { new: nine }, ten],
    ["and when it is done", { new: eleven }, eleven],
  ])("%s", (_, modules, completedAt) => {
    expect(completion("swapped", modules).completedAt).toBe(completedAt);
  });
});

it("nobody completes a course while nothing is asked for", () => {
  expect(completion("gap", { old: at("09:30") }).completed).toBe(false);
  expect(completion("gap", { old: at("08:00") }).completedAt).toBe(at("08:00"));
  expect(completion("gap", { new: at("09:30") }).completedAt).toBe(ten);
});
