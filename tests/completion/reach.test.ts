import { describe, expect, it } from "vitest";
import { reachOf, touchedBy } from "../../src/completion/reach.ts";
import { type EntityRef, entityKey } from "../../src/model/entity.ts";
import { catalogOf } from "../support/builders/catalogs.ts";
import { flagOf, progressOf } from "../support/builders/progress.ts";
import { at } from "../support/builders/times.ts";

const catalog = catalogOf({
  "courses/ruby.json": { slug: "ruby", modules: ["a", "shared"] },
  "courses/git.json": { slug: "git", modules: [{ slug: "shared", optional: true }] },
  "courses/alone.json": { slug: "alone", modules: ["z"] },
  "pathways/full-stack.json": { slug: "full-stack", courses: ["ruby", { slug: "git", optional: true }] },
  "pathways/basics.json": { slug: "basics", modules: ["a"] },
});
const keys = (entities: readonly EntityRef[]) => entities.map(entityKey).sort();

describe("an entity's completion can complete", () => {
  it.each([
    ["module", "a", ["COURSE#ruby", "MODULE#a", "PATHWAY#basics", "PATHWAY#full-stack"]],
    ["module", "shared", ["COURSE#git", "COURSE#ruby", "MODULE#shared", "PATHWAY#full-stack"]],
    ["module", "z", ["COURSE#alone", "MODULE#z"]],
    ["module", "unknown", ["MODULE#unknown"]],
    ["course", "ruby", ["COURSE#ruby", "PATHWAY#full-stack"]],
    ["course", "unknown", ["COURSE#unknown"]],
    ["pathway", "basics", ["PATHWAY#basics"]],
  ] as const)("%s %s: %j", (type, slug, reached) => expect(keys(reachOf(catalog, { type, slug }))).toEqual(reached));
});

describe("a learner has touched", () => {
  it.each([
    ["nothing", {}, []],
    [
      "a module and what holds it, each once",
      { modules: { a: at("10:00"), shared: at("10:00") } },
      ["COURSE#git", "COURSE#ruby", "MODULE#a", "MODULE#shared", "PATHWAY#basics", "PATHWAY#full-stack"],
    ],
    ["an enrolled course and its pathway", { courses: { git: {} } }, ["COURSE#git", "PATHWAY#full-stack"]],
    ["an enrolled pathway alone", { pathways: { "full-stack": {} } }, ["PATHWAY#full-stack"]],
    ["a flagged course that the catalog lost", { courses: { gone: { flag: flagOf({}) } } }, ["COURSE#gone"]],
    ["no course for a module that the catalog lost", { modules: { gone: at("10:00") } }, ["MODULE#gone"]],
  ])("%s", (_, progress, touched) => expect(keys(touchedBy(catalog, progressOf(progress)))).toEqual(touched));
});

it("what an entity reaches is the same, asked again, and of one catalog alone", () => {
  const other = catalogOf({ "courses/go.json": { slug: "go", modules: ["a"] } });
  const entity: EntityRef = { type: "module", slug: "a" };
  const first = keys(reachOf(catalog, entity));
  expect(keys(reachOf(other, entity))).toEqual(["COURSE#go", "MODULE#a"]);
  expect(keys(reachOf(catalog, entity))).toEqual(first);
});
