import { describe, expect, it } from "vitest";
import type { Requirement } from "../../../src/catalog/requirement.ts";
import { measure, metAt } from "../../../src/completion/rules/evaluate.ts";
import { at } from "../../support/builders/times.ts";

type Leaf = { slug: string };
const leaf = (slug: string): Leaf => ({ slug });
const [a, b, c, intro] = [leaf("a"), leaf("b"), leaf("c"), leaf("intro")];
/** The intro, and two of three others. */
const grouped: Requirement<Leaf> = { need: 2, of: [intro, { need: 2, of: [a, b, c] }] };
/** Either the intro, or all of two others. */
const either: Requirement<Leaf> = { need: 1, of: [intro, { need: 2, of: [a, b] }] };
const [ten, eleven, noon] = [at("10:00"), at("11:00"), at("12:00")];

describe("a group of groups", () => {
  it.each([
    ["everything", grouped, { intro: ten, a: eleven, b: noon, c: ten }, eleven],
    ["just enough", grouped, { intro: noon, a: ten, b: eleven }, noon],
    ["too little of a group", grouped, { intro: ten, a: eleven }, undefined],
    ["one way of two", either, { a: ten, b: noon }, noon],
    ["the earlier way of two", either, { intro: eleven, a: ten, b: noon }, eleven],
    ["half of each way", either, { a: ten }, undefined],
  ] as [string, Requirement<Leaf>, Record<string, string>, string | undefined][])(
    "is met by %s when its last needed part is",
    (_, requirement, times, moment) => expect(metAt(requirement, ({ slug }) => times[slug])).toBe(moment),
  );

  it.each([
    ["nothing", grouped, [], { completed: 0, total: 4, needed: 3, shortBy: 3 }, ["intro", "a", "b", "c"]],
    ["a group that is met", grouped, ["a", "b"], { completed: 2, total: 4, needed: 3, shortBy: 1 }, ["intro"]],
    ["a group that is begun", grouped, ["intro", "a"], { completed: 2, total: 4, needed: 3, shortBy: 1 }, ["b", "c"]],
    ["the nearer way", either, ["a"], { completed: 1, total: 3, needed: 1, shortBy: 1 }, ["intro", "b"]],
    ["one whole way", either, ["intro"], { completed: 1, total: 3, needed: 1, shortBy: 0 }, []],
  ] as [string, Requirement<Leaf>, string[], object, string[]][])(
    "is counted by leaves: %s",
    (_, requirement, done, counts, missing) => {
      const { missing: undone, ...rest } = measure(requirement, ({ slug }) => done.includes(slug));
      expect(rest).toEqual(counts);
      expect(undone.map(({ slug }) => slug)).toEqual(missing);
    },
  );
});

it("is never met where nothing is asked for, nor where more is asked for than there is", () => {
  expect(metAt({ need: 0, of: [] }, () => ten)).toBeUndefined();
  expect(metAt({ need: 2, of: [a] }, () => ten)).toBeUndefined();
  expect(measure({ need: 2, of: [a] }, () => true)).toMatchObject({ completed: 1, total: 1, needed: 2, shortBy: 1 });
});
