import { describe, expect, it } from "vitest";
import { countsOf, knows } from "../../src/catalog/catalog.ts";
import { type Content, catalogOf } from "../support/builders/catalogs.ts";

const content: Content = {
  "courses/ruby.json": { slug: "ruby", title: "Ruby", modules: ["strings", { slug: "extras", optional: true }] },
  "courses/git.json": { slug: "git", title: "Git", modules: ["commits", "strings"] },
  "pathways/full-stack.json": { slug: "full-stack", courses: ["ruby", { slug: "git", optional: true }] },
  "pathways/basics.json": { slug: "basics", modules: ["strings"], display_order: 1 },
  "modules/strings/completion.json": { steps: ["one", "two"] },
};
const catalog = catalogOf(content);
const changed = (file: string, change: object): Content => ({
  ...content,
  [file]: { ...(content[file] as object), ...change },
});

describe("a catalog's version", () => {
  it("is a short hexadecimal text", () => expect(catalog.version).toMatch(/^[0-9a-f]{16}$/));

  it.each([
    ["the order of files", Object.fromEntries(Object.entries(content).reverse())],
    [
      "the order of keys",
      {
        ...content,
        "courses/ruby.json": { modules: ["strings", { optional: true, slug: "extras" }], title: "Ruby", slug: "ruby" },
      },
    ],
    ["white space", { ...content, "courses/git.json": JSON.stringify(content["courses/git.json"], null, 8) }],
    [
      "the names of files",
      { ...content, "courses/git.json": "", "courses/version-control.json": content["courses/git.json"] },
    ],
  ])("does not depend on %s", (_, other) => {
    const files = Object.fromEntries(Object.entries(other).filter(([, value]) => value !== ""));
    expect(catalogOf(files).version).toBe(catalog.version);
  });

  it.each([
    ["a title", changed("courses/ruby.json", { title: "Ruby 4" })],
    ["an entry's being optional", changed("courses/ruby.json", { modules: ["strings", "extras"] })],
    ["a module more", changed("courses/git.json", { modules: ["commits", "strings", "branches"] })],
    ["the order of entries", changed("courses/git.json", { modules: ["strings", "commits"] })],
    ["a rule", changed("courses/git.json", { completion: { rule: "at-least", count: 1 } })],
    ["a field of the content's own", changed("pathways/basics.json", { display_order: 2 })],
    ["a module's conditions", changed("modules/strings/completion.json", { steps: ["one"] })],
    ["a slug", changed("pathways/basics.json", { slug: "beginnings" })],
    ["a new pathway", { ...content, "pathways/new.json": { slug: "new", modules: ["strings"] } }],
  ])("changes with %s", (_, other) => expect(catalogOf(other).version).not.toBe(catalog.version));

  it("tells a pathway from a course of the same content", () => {
    const source = { slug: "x", modules: ["strings"] };
    const [course, pathway] = ["courses/x.json", "pathways/x.json"].map((file) => catalogOf({ [file]: source }));
    expect(course?.version).not.toBe(pathway?.version);
  });
});

describe("a catalog's lists", () => {
  it("are in order of slug", () => {
    expect(catalog.courses.map(({ slug }) => slug)).toEqual(["git", "ruby"]);
    expect(catalog.pathways.map(({ slug }) => slug)).toEqual(["basics", "full-stack"]);
    expect(catalog.modules.map(({ slug }) => slug)).toEqual(["commits", "extras", "strings"]);
  });

  it("hold every module once, those that only a course or pathway names too", () => {
    expect(countsOf(catalog)).toEqual({ pathways: 2, courses: 2, modules: 3 });
  });

  it.each([
    ["module", "extras", true],
    ["course", "extras", false],
    ["course", "ruby", true],
    ["pathway", "ruby", false],
    ["pathway", "basics", true],
    ["module", "constructor", false],
  ] as const)("say of the %s %s whether it is known: %s", (type, slug, known) => {
    expect(knows(catalog, { type, slug })).toBe(known);
  });
});

describe("what holds", () => {
  it.each([
    ["a shared module: courses first, then pathways", "module", "strings", ["git", "ruby", "basics"]],
    ["an optional module", "module", "extras", ["ruby"]],
    ["an optional course", "course", "git", ["full-stack"]],
    ["a pathway", "pathway", "full-stack", []],
    ["an unknown module", "module", "unknown", []],
    ["a course, not the module of the same slug", "module", "ruby", []],
  ] as const)("%s", (_, type, slug, holders) => {
    expect(catalog.holdersOf({ type, slug }).map((holder) => holder.slug)).toEqual(holders);
  });
});
