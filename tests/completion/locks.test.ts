import { describe, expect, it } from "vitest";
import type { Catalog } from "../../src/catalog/catalog.ts";
import { lockOf, mayBeRefused, unlockedBy } from "../../src/completion/locks.ts";
import type { EntityRef, EntityType } from "../../src/model/entity.ts";
import { entityKey } from "../../src/model/entity.ts";
import { type Content, catalogOf } from "../support/builders/catalogs.ts";
import { resultsOf } from "../support/builders/modules.ts";
import { flagOf, progressOf } from "../support/builders/progress.ts";
import { at } from "../support/builders/times.ts";

const ref = (text: string): EntityRef => {
  const [type = "", slug = ""] = text.split(" ");
  return { type: type as EntityType, slug };
};
const done = (...modules: string[]) =>
  progressOf({ modules: Object.fromEntries(modules.map((slug) => [slug, at("10:00")])) });
const names = (refs: readonly EntityRef[]) => refs.map(({ type, slug }) => `${type} ${slug}`);
/** By what an entity is locked once these modules are complete; undefined where it is open. */
const lockedBy = (catalog: Catalog, entity: string, ...modules: string[]) => {
  const lock = lockOf(catalog, done(...modules), ref(entity));
  return lock && names(lock.by);
};

const sequential = (slug: string, modules: unknown[], more: object = {}) => ({
  slug,
  sequential: true,
  modules,
  ...more,
});
const prerequisites = (...slugs: string[]) => ({ prerequisites: slugs });

describe("a module's prerequisites", () => {
  const catalog = catalogOf({
    "courses/c.json": { slug: "c", modules: ["a", "b", "last"] },
    "modules/last/completion.json": prerequisites("a", "b"),
    "modules/alone/completion.json": prerequisites("last"),
  });

  it.each([
    ["module a", [], undefined],
    ["module last", [], ["module a", "module b"]],
    ["module last", ["b"], ["module a"]],
    ["module last", ["a", "b"], undefined],
    ["module alone", ["a", "b"], ["module last"]],
    ["module alone", ["last"], undefined],
    ["module last", ["last"], undefined],
    ["module unknown", [], undefined],
    ["course c", [], undefined],
  ] as [string, string[], string[] | undefined][])("lock %s after %j: %j", (entity, modules, by) => {
    expect(lockedBy(catalog, entity, ...modules)).toEqual(by);
  });

  it("are met by a flag, or by facts that meet a prerequisite's own conditions", () => {
    const gated = catalogOf({
      "courses/c.json": { slug: "c", modules: ["wizard", "last"] },
      "modules/wizard/completion.json": { steps: ["one"] },
      "modules/last/completion.json": prerequisites("wizard"),
    });
    const lock = (state: object) =>
      lockOf(gated, { ...done(), module: new Map([["wizard", { facts: {}, ...state }]]) }, ref("module last"));
    expect(lock({ facts: { startedAt: at("09:00") } })?.by).toEqual([ref("module wizard")]);
    expect(lock({ flag: flagOf({ catalogVersion: gated.version }) })).toBeUndefined();
    expect(lock({ facts: { steps: resultsOf(["one", at("10:00")]) } })).toBeUndefined();
  });
});

describe("a sequential course", () => {
  const catalog = catalogOf({
    "courses/c.json": sequential("c", ["a", { slug: "extra", optional: true }, "b", "d"]),
    "modules/d/completion.json": prerequisites("far"),
    "modules/far/completion.json": {},
  });

  it.each([
    ["the first module is open", "a", [], undefined],
    ["an optional one waits for what is required before it", "extra", [], ["a"]],
    ["none waits for an optional one", "b", ["a"], undefined],
    ["each waits for all before it", "b", [], ["a"]],
    ["each waits for all before it, not just the last", "d", ["b", "far"], ["a"]],
    ["prerequisites come on top", "d", [], ["far", "a", "b"]],
    ["prerequisites stay when the order is kept", "d", ["a", "b"], ["far"]],
    ["all is open in the end", "d", ["a", "b", "far"], undefined],
  ] as [string, string, string[], string[] | undefined][])("%s", (_, slug, modules, by) => {
    expect(lockedBy(catalog, `module ${slug}`, ...modules)).toEqual(by?.map((name) => `module ${name}`));
  });

  it("that is not sequential locks nothing", () => {
    const free = catalogOf({ "courses/c.json": sequential("c", ["a", "b"], { sequential: false }) });
    expect(lockedBy(free, "module b")).toBeUndefined();
    expect(free.hasOrder).toBe(false);
  });
});

describe("a module of several courses", () => {
  it.each([
    ["is open where one of them leaves it open", { slug: "d", modules: ["x", "shared"] }, undefined],
    ["is open where it comes first in one of them", sequential("d", ["shared", "x"]), undefined],
    ["is locked where each locks it, by all of them", sequential("d", ["x", "shared"]), ["module a", "module x"]],
    ["is locked by one module once", sequential("d", ["a", "shared"]), ["module a"]],
  ])("%s", (_, other, by) => {
    const catalog = catalogOf({ "courses/c.json": sequential("c", ["a", "shared"]), "courses/d.json": other });
    expect(lockedBy(catalog, "module shared")).toEqual(by);
  });

  it("is open where a pathway holds it by itself", () => {
    const catalog = catalogOf({
      "courses/c.json": sequential("c", ["a", "shared"]),
      "pathways/p.json": { slug: "p", modules: ["shared"] },
    });
    expect(lockedBy(catalog, "module shared")).toBeUndefined();
  });

  it("opens when the way through one of them opens", () => {
    const catalog = catalogOf({
      "courses/c.json": sequential("c", ["a", "shared"]),
      "courses/d.json": sequential("d", ["x", "shared"]),
    });
    expect(lockedBy(catalog, "module shared", "x")).toBeUndefined();
  });

  it("is locked by its own prerequisites, whatever a course leaves open", () => {
    const catalog = catalogOf({
      "courses/c.json": sequential("c", ["a", "shared"]),
      "courses/d.json": { slug: "d", modules: ["shared", "b"] },
      "modules/shared/completion.json": prerequisites("b"),
    });
    expect(lockedBy(catalog, "module shared")).toEqual(["module b"]);
    expect(lockedBy(catalog, "module shared", "b")).toBeUndefined();
  });
});

const PATHWAY: Content = {
  "courses/first.json": { slug: "first", modules: ["a", "b"] },
  "courses/extra.json": { slug: "extra", modules: ["e"] },
  "courses/second.json": { slug: "second", modules: ["d", "shared"] },
  "courses/other.json": { slug: "other", modules: ["shared"] },
  "pathways/p.json": {
    slug: "p",
    sequential: true,
    courses: ["first", { slug: "extra", optional: true }, "second"],
    modules: ["final"],
  },
};

describe("a sequential pathway", () => {
  const catalog = catalogOf(PATHWAY);

  it.each([
    ["course first", [], undefined],
    ["module a", [], undefined],
    ["course extra", [], ["course first"]],
    ["course second", [], ["course first"]],
    ["course second", ["a"], ["course first"]],
    ["course second", ["a", "b"], undefined],
    ["module d", [], ["course first"]],
    ["module d", ["a", "b"], undefined],
    ["module shared", [], undefined],
    ["module final", ["a", "b"], ["course second"]],
    ["module final", ["a", "b", "d", "shared"], undefined],
    ["module final", ["d", "shared"], ["course first"]],
  ] as [string, string[], string[] | undefined][])("locks %s after %j by %j", (entity, modules, by) => {
    expect(lockedBy(catalog, entity, ...modules)).toEqual(by);
  });

  it("leaves open what follows a course that was flagged under an older catalog", () => {
    const progress = progressOf({ courses: { first: { flag: flagOf({}) } } });
    expect(lockOf(catalog, progress, ref("course second"))).toBeUndefined();
  });

  it("adds a locked course's lock to that of its own order", () => {
    const ordered = catalogOf({ ...PATHWAY, "courses/second.json": sequential("second", ["d", "x"]) });
    expect(lockedBy(ordered, "module x")).toEqual(["module d", "course first"]);
    expect(lockedBy(ordered, "module x", "d")).toEqual(["course first"]);
    expect(lockedBy(ordered, "module x", "a", "b")).toEqual(["module d"]);
  });
});

describe("enforce_order", () => {
  const enforced = { enforce_order: true };
  const rows: [string, Content, string, { enforced: boolean | undefined; refusable: boolean }][] = [
    [
      "on a module with prerequisites",
      { "modules/m/completion.json": { ...prerequisites("a"), ...enforced } },
      "module m",
      { enforced: true, refusable: true },
    ],
    ["nowhere", { "modules/m/completion.json": prerequisites("a") }, "module m", { enforced: false, refusable: false }],
    [
      "on a module without prerequisites",
      { "modules/m/completion.json": enforced, "modules/n/completion.json": prerequisites("a") },
      "module m",
      { enforced: undefined, refusable: false },
    ],
    [
      "on a sequential course",
      { "courses/d.json": sequential("d", ["b", "m"], enforced) },
      "module m",
      { enforced: true, refusable: true },
    ],
    [
      "on no sequential course",
      { "courses/d.json": sequential("d", ["b", "m"]) },
      "module m",
      { enforced: false, refusable: false },
    ],
    [
      "on a course that is not sequential",
      {
        "courses/d.json": { slug: "d", modules: ["b", "m"], ...enforced },
        "courses/e.json": sequential("e", ["b", "x"]),
      },
      "module m",
      { enforced: undefined, refusable: false },
    ],
    [
      "on a sequential pathway, for its courses' modules",
      {
        "courses/d.json": { slug: "d", modules: ["m"] },
        "pathways/p.json": { slug: "p", sequential: true, ...enforced, courses: ["c", "d"] },
      },
      "module m",
      { enforced: true, refusable: true },
    ],
    [
      "on a sequential pathway, for a module of its own",
      { "pathways/p.json": { slug: "p", sequential: true, ...enforced, courses: ["c"], modules: ["m"] } },
      "module m",
      { enforced: true, refusable: true },
    ],
    [
      "on a sequential course that leaves the module open",
      { "courses/d.json": sequential("d", ["m", "b"], enforced) },
      "module m",
      { enforced: undefined, refusable: true },
    ],
  ];

  it.each(rows)("%s decides whether events are refused", (_, content, entity, { enforced, refusable }) => {
    const catalog = catalogOf({ "courses/c.json": { slug: "c", modules: ["a"] }, ...content });
    expect(lockOf(catalog, done(), ref(entity))?.enforced).toBe(enforced);
    expect(mayBeRefused(catalog, ref(entity))).toBe(refusable);
  });
});

describe("what a module's completion unlocks", () => {
  const order: Content = {
    "courses/c.json": sequential("c", ["a", { slug: "extra", optional: true }, "b", "d"]),
    "modules/far/completion.json": prerequisites("a"),
    "modules/both/completion.json": prerequisites("a", "b"),
  };
  const unlocked = (content: Content, slug: string, before: string[], completed: string[] = []) =>
    names(unlockedBy(catalogOf(content), done(...before, slug), slug, completed.map(ref)));

  it.each([
    ["the next in order, and its dependents", order, "a", [], ["module far", "module extra", "module b"]],
    ["no more than what is open now", order, "b", [], []],
    ["all that waited for it alone", order, "b", ["a"], ["module both", "module d"]],
    ["nothing, being the last", order, "d", ["a", "b"], []],
    ["nothing, being optional", order, "extra", ["a"], []],
    ["nothing, being unknown", order, "unknown", [], []],
    [
      "nothing that a course leaves open",
      { ...order, "courses/d.json": { slug: "d", modules: ["b"] } },
      "a",
      [],
      ["module far", "module extra"],
    ],
    ["nothing in content without order", { "courses/c.json": { slug: "c", modules: ["a", "b"] } }, "a", [], []],
  ] as [string, Content, string, string[], string[]][])("is %s", (_, content, slug, before, expected) => {
    expect(unlocked(content, slug, before)).toEqual(expected);
  });

  it("in a pathway is the course after the one that it completes, with that course's modules", () => {
    expect(unlocked(PATHWAY, "a", [])).toEqual([]);
    expect(unlocked(PATHWAY, "b", ["a"])).toEqual(["course extra", "module e", "course second", "module d"]);
  });

  it("is told also where the course's flag is there already, by the event that set it", () => {
    const catalog = catalogOf(PATHWAY);
    const progress = { ...done("a", "b"), course: new Map([["first", { facts: {}, flag: flagOf({}) }]]) };
    expect(names(unlockedBy(catalog, progress, "b", [ref("course first")]))).toContain("course second");
    expect(unlockedBy(catalog, progress, "b", [])).toEqual([]);
  });

  it("leaves the learner's progress as it is", () => {
    const progress = { ...done("a", "b"), course: new Map([["first", { facts: {}, flag: flagOf({}) }]]) };
    const before = structuredClone(progress);
    unlockedBy(catalogOf(PATHWAY), progress, "b", [ref("course first")]);
    expect(progress).toEqual(before);
  });

  it("is told once, though two ways lead there", () => {
    const content = { ...order, "modules/b/completion.json": prerequisites("a") };
    const refs = unlockedBy(catalogOf(content), done("a"), "a", []);
    expect(new Set(refs.map(entityKey)).size).toBe(refs.length);
  });
});

describe("the order of a course whose rule has groups", () => {
  const catalog = catalogOf({
    "courses/c.json": sequential("c", ["intro", "a", "b", "extra", "last", "end"], {
      completion: { rule: "all", of: ["intro", { rule: "any", of: ["a", { rule: "all", of: ["b"] }] }, "last", "end"] },
    }),
    "courses/some.json": sequential("some", ["x", "y", "z"], { completion: { rule: "at-least", count: 1 } }),
    "courses/both.json": sequential("both", ["r", "s", "t"], {
      completion: { rule: "all", of: [{ rule: "all", of: ["r", "s"] }, "t"] },
    }),
  });

  it.each([
    ["what comes first locks a choice", "module a", [], ["module intro"]],
    ["each of a choice", "module b", [], ["module intro"]],
    ["one of a choice does not lock another", "module b", ["intro"], undefined],
    [
      "a choice locks what comes after it, by all that may be chosen",
      "module last",
      ["intro"],
      ["module a", "module b"],
    ],
    ["until it is made", "module last", ["intro", "b"], undefined],
    ["what no group names locks nothing", "module end", ["intro", "a", "last"], undefined],
    ["and is locked like the others", "module extra", ["intro"], ["module a", "module b"]],
    ["a rule that needs some locks until it has them", "module z", [], ["module x", "module y"]],
    ["and no longer", "module z", ["x"], undefined],
    ["a group that needs all has an order of its own", "module s", [], ["module r"]],
    ["and locks what comes after it", "module t", ["r"], ["module s"]],
  ] as [string, string, string[], string[] | undefined][])("%s: %s after %j", (_, entity, modules, by) => {
    expect(lockedBy(catalog, entity, ...modules)).toEqual(by);
  });

  it("asks for what is in force alone", () => {
    const timed = catalogOf({
      "courses/c.json": sequential("c", [{ slug: "a", until: at("09:00") }, { slug: "b", from: at("11:00") }, "z"]),
    });
    const by = (asOf: string) => lockOf(timed.at(asOf), done(), ref("module z"))?.by.map(({ slug }) => slug);
    expect([at("08:00"), at("10:00"), at("12:00")].map(by)).toEqual([["a"], undefined, ["b"]]);
  });

  it("is open for what came before, once the choice behind it is made", () => {
    const late = catalogOf({
      "courses/c.json": sequential("c", ["a", "x", "b"], {
        completion: { rule: "all", of: [{ rule: "any", of: ["a", "b"] }, "x"] },
      }),
    });
    expect(names(unlockedBy(late, done("b"), "b", []))).toEqual(["module x"]);
  });
});
