import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { calculateCompletion } from "../../../src/completion/calculate.ts";
import { catalogOf } from "../../support/builders/catalogs.ts";
import { anyGroup, type Group } from "../../support/builders/groups.ts";
import { progressOf } from "../../support/builders/progress.ts";
import { at } from "../../support/builders/times.ts";
import { holds } from "../../support/vitest/property.ts";
import { RUNS } from "../../support/vitest/runs.ts";

const NAMES = ["a", "b", "c", "d", "e"];
const [nine, ten, eleven, noon] = [at("09:00"), at("10:00"), at("11:00"), at("12:00")];

type Entry = string | { slug: string; from?: string; until?: string };
const completionOf = (entries: Entry[], completion: object, modules: Record<string, string>, asOf = at("23:00")) =>
  calculateCompletion(
    catalogOf({ "courses/c.json": { slug: "c", modules: entries, completion } }).at(asOf),
    { type: "course", slug: "c" },
    progressOf({ modules }),
  );

// The same told as plainly as possible: whether a set of entries meets a group.
const needOf = ({ rule, count = 0, percent = 0 }: Group, parts: number): number => {
  if (rule === "any") return 1;
  if (rule === "at-least") return count;
  return rule === "all" ? parts : Math.ceil((percent * parts) / 100);
};
const meets = (group: Group, done: ReadonlySet<string>): boolean =>
  group.of.filter((part) => (typeof part === "string" ? done.has(part) : meets(part, done))).length >=
  needOf(group, group.of.length);
const leavesOf = ({ of }: Group): string[] =>
  of.flatMap((part) => (typeof part === "string" ? [part] : leavesOf(part)));
const subsets = (names: readonly string[]): string[][] =>
  Array.from({ length: 2 ** names.length }, (_, bits) => names.filter((__, index) => (bits >> index) & 1));
/** How many more than those in `done` the smallest set has that meets a group. */
const distance = (group: Group, done: ReadonlySet<string>): number =>
  Math.min(
    ...subsets(leavesOf(group))
      .filter((more) => meets(group, new Set([...done, ...more])))
      .map((more) => more.filter((name) => !done.has(name)).length),
  );
const undoneOfUnmet = (group: Group, done: ReadonlySet<string>): string[] =>
  meets(group, done)
    ? []
    : group.of.flatMap((part) => {
        if (typeof part !== "string") return undoneOfUnmet(part, done);
        return done.has(part) ? [] : [part];
      });

describe("groups of groups, against every subset of entries", () => {
  it("are met, counted and missing as the rules of all their groups say", async () => {
    const times = fc.array(fc.option(fc.constantFrom(nine, ten, eleven, noon)), {
      minLength: NAMES.length,
      maxLength: NAMES.length,
    });
    await holds(
      fc.property(anyGroup(NAMES), times, (group, drawn) => {
        const modules = Object.fromEntries(
          NAMES.flatMap((name, index) => (drawn[index] ? [[name, drawn[index]]] : [])),
        );
        const leaves = leavesOf(group);
        const doneBy = (moment: string) => new Set(leaves.filter((name) => (modules[name] ?? "~") <= moment));
        const done = doneBy(noon);
        const completedAt = [nine, ten, eleven, noon].find((moment) => meets(group, doneBy(moment)));
        const completion = completionOf(NAMES, group, modules);
        expect(completion.completedAt).toBe(completedAt);
        expect(completion.progress).toEqual({
          completed: done.size,
          total: leaves.length,
          needed: distance(group, new Set()),
          shortBy: distance(group, done),
        });
        expect(completion.missing.map(({ slug }) => slug)).toEqual(undoneOfUnmet(group, done));
      }),
      RUNS.pure,
    );
  });
});

const choice = { rule: "all", of: ["intro", { rule: "at-least", count: 2, of: ["a", "b", "c"] }] };

describe("the intro, and two of three", () => {
  it.each([
    ["nothing", {}, undefined, { completed: 0, total: 4, needed: 3, shortBy: 3 }, ["intro", "a", "b", "c"]],
    ["the intro", { intro: nine }, undefined, { completed: 1, total: 4, needed: 3, shortBy: 2 }, ["a", "b", "c"]],
    ["two of three", { a: nine, c: ten }, undefined, { completed: 2, total: 4, needed: 3, shortBy: 1 }, ["intro"]],
    ["enough", { intro: eleven, a: nine, c: ten }, eleven, { completed: 3, total: 4, needed: 3, shortBy: 0 }, []],
    ["all, the third too late", { intro: nine, a: ten, b: noon, c: eleven }, eleven, { completed: 4, shortBy: 0 }, []],
    ["what it does not name", { extra: nine }, undefined, { completed: 0, total: 4 }, ["intro", "a", "b", "c"]],
  ] as [string, Record<string, string>, string | undefined, object, string[]][])(
    "after %s",
    (_, modules, completedAt, progress, missing) => {
      const completion = completionOf(["intro", "a", "b", "c", "extra"], choice, modules);
      expect(completion.completedAt).toBe(completedAt);
      expect(completion.progress).toMatchObject(progress);
      expect(completion.missing.map(({ slug }) => slug)).toEqual(missing);
    },
  );

  it("takes names of both kinds in a pathway", () => {
    const catalog = catalogOf({
      "courses/x.json": { slug: "x", modules: ["m"] },
      "pathways/p.json": {
        slug: "p",
        courses: ["x"],
        modules: ["x", "y"],
        completion: { rule: "all", of: [{ course: "x" }, { rule: "any", of: [{ module: "x" }, "y"] }] },
      },
    });
    const completion = (modules: Record<string, string>) =>
      calculateCompletion(catalog, { type: "pathway", slug: "p" }, progressOf({ modules }));
    expect(completion({ m: ten }).missing).toEqual([
      { type: "module", slug: "x" },
      { type: "module", slug: "y" },
    ]);
    expect(completion({ m: ten, y: eleven }).completedAt).toBe(eleven);
  });
});

describe("in the course of time", () => {
  const a = { slug: "a", from: ten, until: noon };
  const late = (rule: object) => ({ rule: "all", of: ["intro", { ...rule, of: ["a"] }] });

  it.each([
    ["a group of which nothing is in force yet asks for nothing", late({ rule: "any" }), { intro: nine }, nine],
    ["whatever its rule", late({ rule: "at-least", count: 1 }), { intro: nine }, nine],
    ["and meets nothing", { rule: "any", of: ["intro", { rule: "all", of: ["a"] }] }, {}, undefined],
    ["it asks once something is in force", late({ rule: "any" }), { intro: ten }, noon],
    ["and is met by what was done before", late({ rule: "any" }), { intro: ten, a: nine }, ten],
  ] as [string, object, Record<string, string>, string | undefined][])("%s", (_, rule, modules, completedAt) => {
    expect(completionOf(["intro", a], rule, modules).completedAt).toBe(completedAt);
  });

  it("a count above what is in force is not met", () => {
    const rule = { rule: "all", of: ["intro", { rule: "at-least", count: 2, of: ["a", "b"] }] };
    const entries = ["intro", "b", { slug: "a", from: ten }];
    const completion = completionOf(entries, rule, { intro: at("08:00"), b: at("08:00") }, nine);
    expect(completion).toMatchObject({ completed: false, progress: { shortBy: 1 }, missing: [] });
    expect(completionOf(entries, rule, { intro: nine, b: nine, a: nine }).completedAt).toBe(ten);
  });

  it("nobody completes a course while nothing of it is in force", () => {
    const rule = { rule: "any", of: [{ rule: "all", of: ["a"] }] };
    expect(completionOf([a], rule, {}, nine)).toMatchObject({ completed: false, progress: { total: 0 } });
    expect(completionOf([a], rule, { a: nine }).completedAt).toBe(ten);
  });
});
