import { describe, expect, it } from "vitest";
import { calculateCompletion } from "../../src/completion/calculate.ts";
import { catalogOf } from "../support/builders/catalogs.ts";
import { flagOf, progressOf } from "../support/builders/progress.ts";
import { at } from "../support/builders/times.ts";

const catalog = catalogOf({
  "courses/ruby.json": { slug: "ruby", modules: ["a", "b", { slug: "extra", optional: true }] },
  "courses/git.json": { slug: "git", modules: ["b", "c", "d"], completion: { rule: "at-least", count: 2 } },
  "courses/reading.json": { slug: "reading", modules: [{ slug: "book", optional: true }] },
  "pathways/courses.json": { slug: "courses", courses: ["ruby", "git"] },
  "pathways/mixed.json": { slug: "mixed", courses: ["ruby", { slug: "git", optional: true }], modules: ["welcome"] },
  "pathways/direct.json": { slug: "direct", modules: ["a", "welcome"] },
  "pathways/any.json": {
    slug: "any",
    courses: ["ruby"],
    modules: ["x", "y"],
    completion: { rule: "at-least", count: 2 },
  },
  "pathways/idle.json": { slug: "idle", courses: [{ slug: "reading", optional: true }] },
});
const [ten, eleven, noon] = [at("10:00"), at("11:00"), at("12:00")];
const module = (slug: string) => ({ type: "module", slug });
const course = (slug: string) => ({ type: "course", slug });
const never = { completed: false, progress: { completed: 0, total: 0, needed: 0, shortBy: 0 }, missing: [] };

describe("a course", () => {
  it.each([
    [
      "with all required modules",
      "ruby",
      { a: noon, b: eleven },
      { completed: true, completedAt: noon, progress: { completed: 2, total: 2, needed: 2, shortBy: 0 }, missing: [] },
    ],
    [
      "with one of two",
      "ruby",
      { a: noon, extra: ten },
      { completed: false, progress: { completed: 1, total: 2, needed: 2, shortBy: 1 }, missing: [module("b")] },
    ],
    [
      "with modules of others alone",
      "ruby",
      { c: ten, d: ten },
      {
        completed: false,
        progress: { completed: 0, total: 2, needed: 2, shortBy: 2 },
        missing: [module("a"), module("b")],
      },
    ],
    [
      "with two of three, where two are enough",
      "git",
      { b: noon, d: ten },
      { completed: true, completedAt: noon, progress: { completed: 2, total: 3, needed: 2, shortBy: 0 }, missing: [] },
    ],
    ["with nothing required", "reading", { book: ten }, never],
    ["that the catalog does not know", "unknown", { a: ten }, never],
    ["named as all objects have it", "constructor", { a: ten }, never],
  ])("%s", (_, slug, modules, result) => {
    expect(calculateCompletion(catalog, { type: "course", slug }, progressOf({ modules }))).toMatchObject(result);
  });

  it("counts a shared module in each of its courses", () => {
    const progress = progressOf({ modules: { b: ten } });
    const ratios = ["ruby", "git"].map(
      (slug) => calculateCompletion(catalog, { type: "course", slug }, progress).progress,
    );
    expect(ratios).toEqual([
      { completed: 1, total: 2, needed: 2, shortBy: 1 },
      { completed: 1, total: 3, needed: 2, shortBy: 1 },
    ]);
  });

  it("is judged by its modules, whatever its flag says", () => {
    const progress = progressOf({ modules: { a: ten }, courses: { ruby: { flag: flagOf({}) } } });
    expect(calculateCompletion(catalog, { type: "course", slug: "ruby" }, progress).completed).toBe(false);
  });

  it("does not count a module that was only started", () => {
    const progress = progressOf({});
    progress.module
      .set("a", { facts: { startedAt: ten, recommendedAt: ten } })
      .set("b", { facts: { completedAt: ten } });
    expect(calculateCompletion(catalog, { type: "course", slug: "ruby" }, progress).missing).toEqual([module("a")]);
  });
});

describe("a pathway", () => {
  it.each([
    [
      "with its courses complete: at the latest course",
      "courses",
      { a: ten, b: eleven, c: noon },
      { completed: true, completedAt: noon, progress: { completed: 2, total: 2, needed: 2, shortBy: 0 }, missing: [] },
    ],
    [
      "with one course open",
      "courses",
      { a: ten, b: eleven },
      { completed: false, progress: { completed: 1, total: 2, needed: 2, shortBy: 1 }, missing: [course("git")] },
    ],
    [
      "with courses complete and a direct module open",
      "mixed",
      { a: ten, b: ten },
      { completed: false, progress: { completed: 1, total: 2, needed: 2, shortBy: 1 }, missing: [module("welcome")] },
    ],
    [
      "with a direct module complete and a course open",
      "mixed",
      { a: ten, welcome: ten },
      { completed: false, progress: { completed: 1, total: 2, needed: 2, shortBy: 1 }, missing: [course("ruby")] },
    ],
    [
      "with both, and an optional course open",
      "mixed",
      { a: ten, b: ten, welcome: noon },
      { completed: true, completedAt: noon, progress: { completed: 2, total: 2, needed: 2, shortBy: 0 }, missing: [] },
    ],
    [
      "of direct modules",
      "direct",
      { a: noon, welcome: ten },
      { completed: true, completedAt: noon, progress: { completed: 2, total: 2, needed: 2, shortBy: 0 }, missing: [] },
    ],
    [
      "with two of three, a course among them",
      "any",
      { a: ten, b: eleven, y: noon },
      { completed: true, completedAt: noon, progress: { completed: 2, total: 3, needed: 2, shortBy: 0 }, missing: [] },
    ],
    [
      "with one of three",
      "any",
      { y: noon },
      {
        completed: false,
        progress: { completed: 1, total: 3, needed: 2, shortBy: 1 },
        missing: [course("ruby"), module("x")],
      },
    ],
    ["of an optional course alone, which requires nothing itself", "idle", { book: ten }, never],
    ["that the catalog does not know", "unknown", { a: ten }, never],
  ])("%s", (_, slug, modules, result) => {
    expect(calculateCompletion(catalog, { type: "pathway", slug }, progressOf({ modules }))).toMatchObject(result);
  });

  it("counts a course that is flagged, though the facts do not complete it", () => {
    const progress = progressOf({
      modules: { a: ten, c: ten, d: ten },
      courses: { ruby: { flag: flagOf({ completedAt: noon }) } },
    });
    expect(calculateCompletion(catalog, { type: "pathway", slug: "courses" }, progress)).toMatchObject({
      completed: true,
      completedAt: noon,
    });
  });

  it("takes a flagged course at the time of its flag, not at that of the facts", () => {
    const progress = progressOf({
      modules: { a: ten, b: ten, c: ten },
      courses: { ruby: { flag: flagOf({ completedAt: eleven }) } },
    });
    expect(calculateCompletion(catalog, { type: "pathway", slug: "courses" }, progress).completedAt).toBe(eleven);
  });

  it("does not count a course that is enrolled or claimed, but neither flagged nor complete", () => {
    const progress = progressOf({
      courses: { ruby: { facts: { enrolledAt: ten }, claimedAt: ten } },
      modules: { welcome: ten },
    });
    expect(calculateCompletion(catalog, { type: "pathway", slug: "mixed" }, progress).missing).toEqual([
      course("ruby"),
    ]);
  });
});

it("a rule that is not built is a fault of the program", () => {
  const course = {
    ...catalog.courses[0],
    slug: "odd",
    completion: { rule: "most" },
  } as (typeof catalog.courses)[number];
  const odd = { ...catalog, course: new Map([["odd", course]]) };
  expect(() => calculateCompletion(odd, { type: "course", slug: "odd" }, progressOf({}))).toThrow(TypeError);
});
