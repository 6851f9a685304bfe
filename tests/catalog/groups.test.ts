import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { completedAtOf } from "../../src/completion/calculate.ts";
import { lockOf } from "../../src/completion/locks.ts";
import type { EntityRef } from "../../src/model/entity.ts";
import { type Content, catalogOf, faultsOf, placesOf } from "../support/builders/catalogs.ts";
import { anyGroup } from "../support/builders/groups.ts";
import { progressOf } from "../support/builders/progress.ts";
import { at } from "../support/builders/times.ts";
import { holds } from "../support/vitest/property.ts";
import { RUNS } from "../support/vitest/runs.ts";

const course = (completion: unknown, modules: unknown[] = ["a", "b", "c"]): Content => ({
  "courses/c.json": { slug: "c", modules, completion },
});
const pathway = (completion: unknown): Content => ({
  ...course(undefined),
  "pathways/p.json": { slug: "p", courses: ["c"], modules: ["c", "x"], completion },
});
const module = (completion: unknown, more: object = {}): Content => ({
  ...course(undefined, ["m"]),
  "modules/m/completion.json": { completion, completion_tasks: [{ task_slug: "quiz", passing_score: 1 }], ...more },
});
const deep = (levels: number): object =>
  levels === 0 ? { rule: "any", of: ["a"] } : { rule: "any", of: [deep(levels - 1)] };

describe("a fault in a rule is told with its place", () => {
  it.each([
    ["an unknown name", course({ rule: "all", of: ["a", "z"] }), "c: completion.of.1", /No part z/],
    ["an unknown kind", course({ rule: "all", of: [{ course: "a" }] }), "c: completion.of.0", /No course a/],
    [
      "a name twice",
      course({ rule: "all", of: ["a", { rule: "any", of: ["a", "b"] }] }),
      "c: completion.of.1.of.0",
      /twice/,
    ],
    [
      "a count above a group",
      course({ rule: "all", of: ["a", { rule: "at-least", count: 3, of: ["b", "c"] }] }),
      "c: completion.of.1",
      /3 of only 2/,
    ],
    [
      "a count above groups",
      course({ rule: "at-least", count: 2, of: [{ rule: "any", of: ["a", "b"] }] }),
      "c: completion",
      /2 of only 1 entry/,
    ],
    ["a percentage below 1", course({ rule: "at-least-percent", percent: 0 }), "c: completion.percent", /1/],
    [
      "a percentage above 100",
      course({ rule: "any", of: [{ rule: "at-least-percent", percent: 101, of: ["a"] }] }),
      "c: completion.of.0.percent",
      /100/,
    ],
    ["no percentage", course({ rule: "at-least-percent" }), "c: completion.percent", /./],
    [
      "an unknown rule of a group",
      course({ rule: "all", of: [{ rule: "most", of: ["a"] }] }),
      "c: completion.of.0.rule",
      /all, at-least, at-least-percent, any/,
    ],
    ["a group of nothing", course({ rule: "all", of: [] }), "c: completion.of", /at least one/],
    [
      "a group that says not of what",
      course({ rule: "all", of: ["a", { rule: "any" }] }),
      "c: completion.of.1.of",
      /what this group is of/,
    ],
    ["a name of no form", course({ rule: "all", of: [7] }), "c: completion.of.0", /slug/],
    ["a name of two kinds", course({ rule: "all", of: [{ module: "a", course: "a" }] }), "c: completion.of.0", /slug/],
    [
      "optional on what it names",
      course({ rule: "all", of: ["a", "b"] }, ["a", { slug: "b", optional: true }, "c"]),
      "c: modules.1",
      /b is optional here, but/,
    ],
    [
      "required, and not named",
      course({ rule: "all", of: ["a"] }, ["a", { slug: "b", optional: false }]),
      "c: modules.1",
      /b is not optional here, but/,
    ],
    ["groups that are nested too deep", course(deep(20)), `c: completion${".of.0".repeat(15)}.of`, /deep/],
  ])("%s, in a course", (_, content, place, message) => {
    const faults = faultsOf(content);
    expect(placesOf(faults)).toEqual([`courses/${place.replace(": ", ".json: ")}`]);
    expect(faults[0]?.message).toMatch(message);
  });

  it("a name that is a module's and a course's, until it says whose", () => {
    expect(placesOf(faultsOf(pathway({ rule: "any", of: ["x", "c"] })))).toEqual(["pathways/p.json: completion.of.1"]);
    expect(faultsOf(pathway({ rule: "any", of: ["x", { module: "c" }] }))).toEqual([]);
  });

  it.each([
    ["an unknown task", module({ rule: "all", of: ["lab"] }), "completion.of.0", /No part lab/],
    ["a condition that is not stated", module({ rule: "all", of: ["score"] }), "completion.of.0", /No part score/],
    [
      "a task that is called like a condition",
      module({ rule: "all", of: ["score"] }, { completion_tasks: [{ task_slug: "score" }] }),
      "completion.of.0",
      /No part score/,
    ],
    ["a count above the conditions", module({ rule: "at-least", count: 2 }), "completion", /2 of only 1/],
    ["an unknown rule", module({ rule: "most" }), "completion.rule", /Expected a rule/],
  ])("%s, in a module", (_, content, path, message) => {
    const faults = faultsOf(content);
    expect(placesOf(faults)).toEqual([`modules/m/completion.json: ${path}`]);
    expect(faults[0]?.message).toMatch(message);
  });
});

it("entries that a rule names are required, whatever their modules say, and no others are", () => {
  const catalog = catalogOf({
    ...course({ rule: "any", of: ["a", "b"] }),
    "modules/a/completion.json": { optional: true },
  });
  expect(catalog.course.get("c")?.entries.map(({ optional }) => optional)).toEqual([false, false, true]);
});

it("tasks that a rule names are required, and no others are", () => {
  const tasks = [{ task_slug: "quiz" }, { task_slug: "lab", required: false }];
  const catalog = catalogOf(module({ rule: "all", of: ["lab"] }, { completion_tasks: tasks }));
  expect(catalog.module.get("m")?.tasks.map(({ required }) => required)).toEqual([false, true]);
});

describe("what can never be completed", () => {
  const waiting = (slug: string, ...prerequisites: string[]): Content => ({
    [`modules/${slug}/completion.json`]: { prerequisites },
  });

  it.each([
    ["one way of two that waits for itself", { ...course({ rule: "any", of: ["a", "b"] }), ...waiting("d", "e") }, 0],
    [
      "a choice, of which one can be made in order",
      { ...course({ rule: "all", of: [{ rule: "any", of: ["a", "b"] }, "c"] }), ...waiting("b", "c") },
      0,
    ],
    [
      "a group that needs what waits for the end",
      { ...course({ rule: "all", of: [{ rule: "all", of: ["a", "b"] }, "c"] }), ...waiting("b", "c") },
      1,
    ],
    ["percent that leave none out", { ...course({ rule: "at-least-percent", percent: 67 }), ...waiting("b", "c") }, 1],
  ])("%s", (_, content, count) => {
    const file = content["courses/c.json"] as object;
    const known = {
      ...content,
      "courses/c.json": { ...file, sequential: true },
      "courses/d.json": { slug: "d", modules: ["d", "e"] },
    };
    expect(faultsOf(known)).toHaveLength(count);
  });

  const NAMES = ["a", "b", "c", "d", "e"];
  const order = fc.shuffledSubarray(NAMES, { minLength: 2 });
  const anyCourse = order.chain((modules) =>
    fc.record({ modules: fc.constant(modules), completion: anyGroup(modules), sequential: fc.boolean() }),
  );
  const anyWorld = fc.record({
    c: anyCourse,
    d: anyCourse,
    isOrdered: fc.boolean(),
    prerequisites: fc.array(fc.tuple(fc.constantFrom(...NAMES), fc.constantFrom(...NAMES)), { maxLength: 2 }),
  });

  it("is told exactly where a learner who does all that is open gets no further", async () => {
    let stuck = 0;
    await holds(
      fc.property(anyWorld, ({ c, d, isOrdered, prerequisites }) => {
        const free: Content = {
          "courses/c.json": { slug: "c", ...c },
          "courses/d.json": { slug: "d", ...d },
          "pathways/p.json": { slug: "p", courses: ["c", "d"], sequential: isOrdered },
        };
        const needs = (slug: string) => prerequisites.flatMap(([one, other]) => (one === slug ? [other] : []));
        const bound = Object.fromEntries(
          NAMES.filter((slug) => needs(slug).length > 0).map((slug) => [
            `modules/${slug}/completion.json`,
            { prerequisites: [...new Set(needs(slug))] },
          ]),
        );
        const catalog = catalogOf(free);
        const named = [...new Set([...c.modules, ...d.modules, ...prerequisites.flat()])];
        const done: Record<string, string> = {};
        for (let opened = true; opened; ) {
          const open = named.filter(
            (slug) =>
              !done[slug] &&
              needs(slug).every((one) => done[one]) &&
              lockOf(catalog, progressOf({ modules: done }), { type: "module", slug }) === undefined,
          );
          for (const slug of open) done[slug] = at("10:00");
          opened = open.length > 0;
        }
        const holders: EntityRef[] = [
          { type: "course", slug: "c" },
          { type: "course", slug: "d" },
          { type: "pathway", slug: "p" },
        ];
        const progress = progressOf({ modules: done });
        const isAllDone =
          named.every((slug) => done[slug]) &&
          holders.every((holder) => completedAtOf(catalog, holder, progress) !== undefined);
        const files = Object.fromEntries(named.map((slug) => [`modules/${slug}/completion.json`, {}]));
        expect(faultsOf({ ...free, ...files, ...bound }).length === 0).toBe(isAllDone);
        if (!isAllDone) stuck++;
      }),
      RUNS.pure,
    );
    // Both are common, so that neither answer can be right by never being given.
    expect(stuck).toBeGreaterThan(RUNS.pure.floor / 20);
  });
});
