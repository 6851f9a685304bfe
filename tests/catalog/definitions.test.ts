import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { EntityRef } from "../../src/model/entity.ts";
import { type Content, catalogOf, faultsOf, placesOf } from "../support/builders/catalogs.ts";
import { holds } from "../support/vitest/property.ts";
import { RUNS } from "../support/vitest/runs.ts";

const base: Content = {
  "courses/c.json": { slug: "c", title: "C", modules: ["a", "b"] },
  "courses/d.json": { slug: "d", modules: ["b"] },
  "pathways/p.json": { slug: "p", courses: ["c"], modules: ["x"] },
  "modules/a/completion.json": { completion_tasks: [{ task_slug: "t", passing_score: 50 }] },
};
const [c, d, p, a]: EntityRef[] = [
  { type: "course", slug: "c" },
  { type: "course", slug: "d" },
  { type: "pathway", slug: "p" },
  { type: "module", slug: "a" },
];
const definitions = (content: Content, refs: readonly EntityRef[] = [c, d, p, a] as EntityRef[]) => {
  const catalog = catalogOf(content);
  return refs.map((ref) => catalog.definitionOf(ref));
};
const quizOfA = base["modules/a/completion.json"] as object;
const course = (more: object): Content => ({
  "courses/c.json": { slug: "c", title: "C", modules: ["a", "b"], ...more },
});
const module = (more: object): Content => ({ "modules/a/completion.json": more });
/** Which of c, d, p and a have another definition after a change. */
const changed = (change: Content) => {
  const [before, after] = [definitions(base), definitions({ ...base, ...change })];
  return ["c", "d", "p", "a"].filter((_, index) => before[index] !== after[index]);
};

describe("a definition", () => {
  it.each([
    ["another title", course({ title: "See" }), []],
    ["another order of the same entries", course({ modules: ["b", "a"] }), []],
    ["an order that is enforced", course({ sequential: true, enforce_order: true }), []],
    ["a field of the content's own", course({ author: "ada" }), []],
    ["an alias", course({ aliases: ["see"] }), []],
    ["an optional entry more", course({ modules: ["a", "b", { slug: "e", optional: true }] }), []],
    ["one entry more", course({ modules: ["a", "b", "e"] }), ["c", "p"]],
    ["an entry that becomes optional", course({ modules: ["a", { slug: "b", optional: true }] }), ["c", "p"]],
    ["an entry with from", course({ modules: ["a", { slug: "b", from: "2026-01-01" }] }), ["c", "p"]],
    ["another rule", course({ completion: { rule: "at-least", count: 1 } }), ["c", "p"]],
    ["another pass mark", module({ completion_tasks: [{ task_slug: "t", passing_score: 60 }] }), ["c", "p", "a"]],
    ["no conditions any more", module({}), ["c", "p", "a"]],
    [
      "conditions with from",
      module({ from: "2026-01-01", completion_tasks: [{ task_slug: "t", passing_score: 50 }] }),
      ["c", "p", "a"],
    ],
    [
      "a limit of attempts, and a task that is not required",
      module({
        completion_tasks: [
          { task_slug: "t", passing_score: 50, max_attempts: 2 },
          { task_slug: "u", required: false },
        ],
      }),
      [],
    ],
    ["a rule that says what holds without it", module({ ...quizOfA, completion: { rule: "all" } }), []],
    ["a rule of a module", module({ ...quizOfA, completion: { rule: "any" } }), ["c", "p", "a"]],
    ["another course", { "courses/e.json": { slug: "e", modules: ["a"] } }, []],
  ] as [string, Content, string[]][])("changes with what it rests on: %s", (_, change, those) => {
    expect(changed(change)).toEqual(those);
  });

  it.each([
    ["another order of names", { rule: "all", of: ["b", { rule: "any", of: ["e", "a"] }] }, true],
    ["another rule of a group", { rule: "all", of: [{ rule: "all", of: ["a", "e"] }, "b"] }, false],
    ["other groups of the same entries", { rule: "all", of: [{ rule: "any", of: ["b", "e"] }, "a"] }, false],
  ])("of groups, after a change to %s, is the same: %j", (_, completion, isSame) => {
    const before = { rule: "all", of: [{ rule: "any", of: ["a", "e"] }, "b"] };
    const [first, second] = [before, completion].map((rule) =>
      definitions({ ...base, ...course({ modules: ["a", "b", "e"], completion: rule }) }, [c as EntityRef]),
    );
    expect(second?.[0] === first?.[0]).toBe(isSame);
  });

  it("of a module rests on the conditions that its rule names", () => {
    const [first, second, third] = [{}, { steps: ["one"] }, { score: { passing_score: 1, weights: { x: 1 } } }].map(
      (more) =>
        definitions({ ...base, ...module({ ...quizOfA, ...more, completion: { rule: "all", of: ["t"] } }) }, [
          a as EntityRef,
        ]),
    );
    expect(second).toEqual(first);
    expect(third).toEqual(first);
  });

  it("does not depend on the order of files or keys", async () => {
    const property = fc.property(fc.shuffledSubarray(Object.keys(base), { minLength: 4 }), (files) => {
      const shuffled = Object.fromEntries(files.map((file) => [file, base[file]]));
      expect(definitions(shuffled)).toEqual(definitions(base));
    });
    await holds(property, RUNS.pure);
  });
});

describe("an alias", () => {
  it("means the entity that has it", () => {
    const catalog = catalogOf({ ...base, ...course({ aliases: ["see"] }), ...module({ aliases: ["ay"] }) });
    expect(catalog.resolve({ type: "course", slug: "see" })).toEqual(c);
    expect(catalog.resolve({ type: "module", slug: "ay" })).toEqual(a);
    expect(catalog.resolve({ type: "pathway", slug: "see" })).toEqual({ type: "pathway", slug: "see" });
  });

  it.each([
    ["another course's slug", course({ aliases: ["d"] }), "courses/c.json: aliases.0"],
    ["another course's slug in another case", course({ aliases: ["D"] }), "courses/c.json: aliases.0"],
    ["its own slug", course({ aliases: ["c"] }), "courses/c.json: aliases.0"],
    ["there twice", course({ aliases: ["e", "e"] }), "courses/c.json: aliases.1"],
    [
      "another's alias, too",
      { ...course({ aliases: ["e"] }), "courses/d.json": { slug: "d", modules: ["b"], aliases: ["e"] } },
      "courses/d.json: aliases.0",
    ],
  ] as [string, Content, string][])("that is %s is a fault", (_, change, place) => {
    expect(placesOf(faultsOf({ ...base, ...change }))).toEqual([place]);
  });

  it("of a module's may not be the name of a module that only a course names", () => {
    expect(placesOf(faultsOf({ ...base, ...module({ aliases: ["b"] }) }))).toEqual([
      "modules/a/completion.json: aliases.0",
    ]);
  });
});

describe("entries in one mixed list", () => {
  const pathway = (entries: unknown[], more: object = {}): Content => ({
    ...base,
    "pathways/p.json": { slug: "p", entries, ...more },
  });

  it("keep their order, whatever their kinds", () => {
    const catalog = catalogOf(pathway([{ module: "x" }, { course: "c", optional: true }, { module: "y" }]));
    expect(catalog.pathway.get("p")?.entries).toMatchObject([
      { type: "module", slug: "x", optional: false },
      { type: "course", slug: "c", optional: true },
      { type: "module", slug: "y" },
    ]);
  });

  it.each([
    ["beside another list", pathway([{ module: "x" }], { modules: ["y"] }), "pathways/p.json: entries"],
    ["of neither kind", pathway([{ slug: "x" }]), "pathways/p.json: entries.0"],
    ["of both kinds", pathway([{ module: "x", course: "c" }]), "pathways/p.json: entries.0"],
    ["there twice", pathway([{ module: "x" }, { module: "x" }]), "pathways/p.json: entries.1"],
    ["of a course that is not there", pathway([{ course: "z" }]), "pathways/p.json: entries.0"],
    [
      "of a course in a course",
      { ...base, "courses/c.json": { slug: "c", entries: [{ course: "d" }] } },
      "courses/c.json: entries.0.course",
    ],
    [
      "until a time before from",
      pathway([{ module: "x", from: "2026-03-01", until: "2026-03-01" }]),
      "pathways/p.json: entries.0.until",
    ],
  ] as [string, Content, string][])("%s are a fault", (_, content, place) => {
    expect(placesOf(faultsOf(content))).toContain(place);
  });

  it("are optional where their module is, unless they say otherwise", () => {
    const catalog = catalogOf({
      ...pathway([{ module: "a" }, { module: "x" }]),
      ...module({ optional: true }),
      "courses/c.json": { slug: "c", modules: [{ slug: "a", optional: false }, "b"] },
    });
    expect(catalog.pathway.get("p")?.entries.map(({ optional }) => optional)).toEqual([true, false]);
    expect(catalog.course.get("c")?.entries.map(({ optional }) => optional)).toEqual([false, false]);
  });
});
