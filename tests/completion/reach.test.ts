import { describe, expect, it } from "vitest";
import { reachOf, touchedBy } from "../../src/completion/settle.ts";
import { entityKey } from "../../src/model/entity.ts";
import { catalogOf } from "../support/catalogs.ts";
import { flagOf, progressOf } from "../support/progress.ts";
import { at } from "../support/times.ts";

const catalog = catalogOf({
  "courses/ruby.json": { slug: "ruby", modules: ["a", "shared"] },
  "courses/git.json": { slug: "git", modules: [{ slug: "shared", optional: true }] },
  "courses/alone.json": { slug: "alone", modules: ["z"] },
  "pathways/full-stack.json": { slug: "full-stack", courses: ["ruby", "git"] },
  "pathways/basics.json": { slug: "basics", modules: ["a"] },
});
const keys = (entities: Parameters<typeof entityKey>[0][]) => entities.map(entityKey).sort();

describe("an entity's completion can complete", () => {
  it.each([
    ["module", "a", ["COURSE#ruby", "PATHWAY#basics", "PATHWAY#full-stack"]],
    ["module", "shared", ["COURSE#git", "COURSE#ruby", "PATHWAY#full-stack"]],
    ["module", "z", ["COURSE#alone"]],
    ["module", "unknown", []],
    ["course", "ruby", ["COURSE#ruby", "PATHWAY#full-stack"]],
    ["course", "unknown", ["COURSE#unknown"]],
    ["pathway", "basics", ["PATHWAY#basics"]],
  ] as const)("%s %s: %j", (type, slug, reached) => expect(keys(reachOf(catalog, { type, slug }))).toEqual(reached));
});

describe("a learner has touched", () => {
  it.each([
    ["nothing", {}, []],
    [
      "what holds a module, each once",
      { modules: { a: at("10:00"), shared: at("10:00") } },
      ["COURSE#git", "COURSE#ruby", "PATHWAY#basics", "PATHWAY#full-stack"],
    ],
    ["an enrolled course and its pathway", { courses: { git: {} } }, ["COURSE#git", "PATHWAY#full-stack"]],
    ["an enrolled pathway alone", { pathways: { "full-stack": {} } }, ["PATHWAY#full-stack"]],
    ["a flagged course that the catalog lost", { courses: { gone: { flag: flagOf({}) } } }, ["COURSE#gone"]],
    ["no course for a module that the catalog lost", { modules: { gone: at("10:00") } }, []],
  ])("%s", (_, progress, touched) => expect(keys(touchedBy(catalog, progressOf(progress)))).toEqual(touched));
});
