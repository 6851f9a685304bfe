import { describe, expect, it } from "vitest";
import { lockOf } from "../../src/completion/locks.ts";
import { emptyProgress, type Facts, type Flag } from "../../src/model/progress.ts";
import { catalogOf } from "../support/builders/catalogs.ts";
import { resultsOf } from "../support/builders/modules.ts";
import { flagOf } from "../support/builders/progress.ts";
import { at } from "../support/builders/times.ts";

/** The lesson `inserted` stands before what a learner has begun. */
const catalog = catalogOf({
  "courses/c.json": { slug: "c", modules: ["inserted", "m", "next"], sequential: true, enforce_order: true },
  "pathways/p.json": {
    slug: "p",
    entries: [{ course: "first" }, { course: "second" }],
    sequential: true,
    enforce_order: true,
  },
  "courses/first.json": { slug: "first", modules: ["f"] },
  "courses/second.json": { slug: "second", modules: ["s", "shared"] },
  "modules/m/completion.json": { steps: ["one", "two"] },
});
const ten = at("10:00");
const mark = { at: ten, receivedAt: ten, known: true, own: false };
const locked = (slug: string, facts: Record<string, Facts>, course: { facts: Facts; flag?: Flag } = { facts: {} }) => {
  const progress = emptyProgress();
  for (const [name, stated] of Object.entries(facts)) progress.module.set(name, { facts: stated });
  progress.course.set("second", course);
  const type = catalog.course.has(slug) ? "course" : "module";
  return lockOf(catalog, progress, { type, slug }) !== undefined;
};

describe("a module behind an inserted lesson", () => {
  it.each<[string, Facts, boolean]>([
    ["of which nothing was done", {}, true],
    ["that others recommended", { recommendedAt: ten }, true],
    ["that was started", { startedAt: ten }, false],
    ["of which a step was done", { steps: resultsOf(["one", ten]) }, false],
    ["of which a task was tried", { tasks: resultsOf(["quiz", ten, 10]) }, false],
    ["that was scored", { scores: resultsOf(["quiz", ten, 10]) }, false],
    ["that was marked", { marks: [mark] }, false],
    ["that is complete", { steps: resultsOf(["one", ten], ["two", ten]) }, false],
  ])("%s is locked: %s", (_, facts, expected) => expect(locked("m", { m: facts })).toBe(expected));

  it("does not open what stands behind it", () => {
    expect(locked("next", { m: { steps: resultsOf(["one", ten], ["two", ten]) } })).toBe(true);
  });
});

describe("a course behind another", () => {
  it.each<[string, Record<string, Facts>, { facts: Facts; flag?: Flag }, boolean]>([
    ["of which nothing was done", {}, { facts: {} }, true],
    ["in which the learner is enrolled", {}, { facts: { enrolledAt: ten } }, true],
    ["that a page named alone", {}, { facts: { startedAt: ten } }, true],
    ["that shares a module which was begun elsewhere", { shared: { startedAt: ten } }, { facts: {} }, true],
    ["that was started with a module of its own", { s: { startedAt: ten } }, { facts: { startedAt: ten } }, false],
    ["that is flagged", {}, { facts: {}, flag: flagOf({}) }, false],
  ])("%s is locked: %s", (_, modules, course, expected) => expect(locked("second", modules, course)).toBe(expected));

  it("that is open opens its modules", () => {
    expect(locked("shared", { s: { startedAt: ten } }, { facts: { startedAt: ten } })).toBe(false);
    expect(locked("shared", { s: { startedAt: ten } })).toBe(true);
  });
});
