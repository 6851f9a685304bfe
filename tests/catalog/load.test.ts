import { describe, expect, it } from "vitest";
import { catalogOf, faultsOf, placesOf } from "../support/builders/catalogs.ts";

const ruby = { slug: "ruby", modules: ["strings", "arrays"] };
const withRule = (completion: unknown) => ({ "courses/ruby.json": { ...ruby, completion } });

describe("content without faults", () => {
  it("keeps entries in the order of the file, required unless optional is true", () => {
    const modules = ["strings", { slug: "extras", optional: true }, { slug: "arrays" }, { slug: "c", optional: false }];
    const catalog = catalogOf({ "courses/ruby.json": { slug: "ruby", title: "Ruby", modules } });
    expect(catalog.course.get("ruby")).toMatchObject({
      type: "course",
      title: "Ruby",
      completion: { rule: "all" },
      entries: [
        { type: "module", slug: "strings", optional: false },
        { type: "module", slug: "extras", optional: true },
        { type: "module", slug: "arrays", optional: false },
        { type: "module", slug: "c", optional: false },
      ],
    });
  });

  it("takes courses and modules of a pathway, and either list may be missing", () => {
    const catalog = catalogOf({
      "courses/ruby.json": ruby,
      "pathways/both.json": { slug: "both", modules: ["welcome"], courses: [{ slug: "ruby", optional: true }] },
      "pathways/courses.json": { slug: "courses", courses: ["ruby"] },
      "pathways/modules.json": { slug: "modules", modules: ["welcome"] },
    });
    expect(Object.fromEntries(catalog.pathways.map(({ slug, entries }) => [slug, entries]))).toEqual({
      both: [
        { type: "course", slug: "ruby", optional: true },
        { type: "module", slug: "welcome", optional: false },
      ],
      courses: [{ type: "course", slug: "ruby", optional: false }],
      modules: [{ type: "module", slug: "welcome", optional: false }],
    });
  });

  it("keeps unknown keys, nested ones too", () => {
    const source = {
      ...ruby,
      summary: "Strings",
      badge: { colour: "red" },
      modules: [{ slug: "strings", minutes: 5 }],
    };
    expect(catalogOf({ "courses/ruby.json": source }).course.get("ruby")?.source).toEqual(source);
  });

  it.each([
    ["a byte order mark", `\uFEFF${JSON.stringify(ruby)}`],
    ["white space around it", `\r\n ${JSON.stringify(ruby)}\r\n`],
  ])("reads a file with %s", (_, text) => {
    expect(catalogOf({ "courses/ruby.json": text }).course.has("ruby")).toBe(true);
  });

  it.each([
    ["no modules", { "courses/c.json": { slug: "c", modules: [] } }],
    [
      "one slug for a module, a course and a pathway",
      {
        "courses/x.json": { slug: "x", modules: ["x"] },
        "pathways/x.json": { slug: "x", courses: ["x"], modules: ["x"] },
      },
    ],
    [
      "a slug that is not the name of its file",
      {
        "courses/old-name.json": ruby,
        "pathways/p.json": { slug: "p", courses: ["ruby"] },
      },
    ],
    ["at-least with a count of all entries", withRule({ rule: "at-least", count: 2 })],
    [
      "at-least on a pathway, over courses and modules together",
      {
        "courses/ruby.json": ruby,
        "pathways/p.json": { slug: "p", courses: ["ruby"], modules: ["m"], completion: { rule: "at-least", count: 2 } },
      },
    ],
  ])("accepts %s", (_, content) => expect(faultsOf(content)).toEqual([]));
});

describe("a fault in content", () => {
  it.each([
    ["bad JSON", { "courses/ruby.json": "{" }, "courses/ruby.json: "],
    ["an empty file", { "courses/ruby.json": "" }, "courses/ruby.json: "],
    ["an array for an object", { "courses/ruby.json": [] }, "courses/ruby.json: "],
    ["null for an object", { "pathways/p.json": "null" }, "pathways/p.json: "],
    ["a text for an object", { "pathways/p.json": '"ruby"' }, "pathways/p.json: "],
    ["a missing slug", { "courses/ruby.json": { modules: [] } }, "courses/ruby.json: slug"],
    ["a slug with #", { "courses/ruby.json": { ...ruby, slug: "ru#by" } }, "courses/ruby.json: slug"],
    ["an empty slug", { "courses/ruby.json": { ...ruby, slug: "" } }, "courses/ruby.json: slug"],
    ["a title that is no text", { "courses/ruby.json": { ...ruby, title: 1 } }, "courses/ruby.json: title"],
    ["a course without modules", { "courses/ruby.json": { slug: "ruby" } }, "courses/ruby.json: modules"],
    ["modules that are no list", { "courses/ruby.json": { ...ruby, modules: "m" } }, "courses/ruby.json: modules"],
    ["a number as an entry", { "courses/ruby.json": { ...ruby, modules: ["m", 1] } }, "courses/ruby.json: modules.1"],
    [
      "an entry without a slug",
      { "courses/ruby.json": { ...ruby, modules: [{ optional: true }] } },
      "courses/ruby.json: modules.0",
    ],
    [
      "optional that is no boolean",
      { "courses/ruby.json": { ...ruby, modules: [{ slug: "m", optional: "yes" }] } },
      "courses/ruby.json: modules.0",
    ],
    [
      "a module twice in one course",
      { "courses/ruby.json": { ...ruby, modules: ["m", "n", { slug: "m", optional: true }] } },
      "courses/ruby.json: modules.2",
    ],
    [
      "a course twice in a pathway",
      { "courses/ruby.json": ruby, "pathways/p.json": { slug: "p", courses: ["ruby", "ruby"] } },
      "pathways/p.json: courses.1",
    ],
    [
      "a module twice in a pathway",
      { "pathways/p.json": { slug: "p", modules: ["m", "m"] } },
      "pathways/p.json: modules.1",
    ],
    [
      "a pathway naming an unknown course",
      { "courses/ruby.json": ruby, "pathways/p.json": { slug: "p", modules: ["m"], courses: ["ruby", "rust"] } },
      "pathways/p.json: courses.1",
    ],
    [
      "a pathway naming a course by its file rather than its slug",
      { "courses/old-name.json": ruby, "pathways/p.json": { slug: "p", courses: ["old-name"] } },
      "pathways/p.json: courses.0",
    ],
    [
      "a pathway naming a pathway as a course",
      { "pathways/p.json": { slug: "p", courses: ["q"] }, "pathways/q.json": { slug: "q", modules: ["m"] } },
      "pathways/p.json: courses.0",
    ],
    [
      "a course slug twice",
      { "courses/a.json": ruby, "courses/b.json": { ...ruby, modules: ["other"] } },
      "courses/b.json: slug",
    ],
    [
      "a pathway slug twice",
      { "pathways/a.json": { slug: "p", modules: ["m"] }, "pathways/b.json": { slug: "p", modules: ["m"] } },
      "pathways/b.json: slug",
    ],
    ["an unknown rule", withRule({ rule: "most" }), "courses/ruby.json: completion.rule"],
    ["a completion without a rule", withRule({}), "courses/ruby.json: completion.rule"],
    ["a completion that is a text", withRule("all"), "courses/ruby.json: completion"],
    ["at-least without a count", withRule({ rule: "at-least" }), "courses/ruby.json: completion.count"],
    ["a count of zero", withRule({ rule: "at-least", count: 0 }), "courses/ruby.json: completion.count"],
    ["a count below zero", withRule({ rule: "at-least", count: -1 }), "courses/ruby.json: completion.count"],
    ["a count that is no number", withRule({ rule: "at-least", count: "2" }), "courses/ruby.json: completion.count"],
    ["a count between numbers", withRule({ rule: "at-least", count: 1.5 }), "courses/ruby.json: completion.count"],
    ["a count above the entries", withRule({ rule: "at-least", count: 3 }), "courses/ruby.json: completion"],
    [
      "a module's conditions that are no object",
      { "courses/ruby.json": ruby, "modules/strings/completion.json": [] },
      "modules/strings/completion.json: ",
    ],
    [
      "a module's folder that is no slug",
      { "courses/ruby.json": ruby, "modules/two words/completion.json": {} },
      "modules/two words/completion.json: ",
    ],
    ["no courses and no pathways", {}, "courses: "],
  ])("%s is reported with file and path", (_, content, place) => {
    expect(placesOf(faultsOf(content))).toEqual([place]);
  });

  it.each([
    ["bad JSON", { "courses/ruby.json": "{" }, /^Bad JSON: /],
    ["a slug twice", { "courses/a.json": ruby, "courses/b.json": ruby }, /course ruby .*courses\/a\.json/],
    ["an unknown course", { "pathways/p.json": { slug: "p", courses: ["rust"] } }, /no course rust/],
    ["a module twice", { "courses/a.json": { ...ruby, modules: ["m", "m"] } }, /module m .*twice/],
    ["a count above the entries", withRule({ rule: "at-least", count: 3 }), /3 of only 2 entries/],
    ["an unknown rule", withRule({ rule: "most" }), /all, at-least/],
  ])("%s is explained", (_, content, message) => {
    expect(faultsOf(content)[0]?.message).toMatch(message);
  });
});

describe("many faults in content", () => {
  it("are all reported at once", () => {
    const faults = faultsOf({
      "courses/broken.json": "{",
      "courses/ruby.json": { ...ruby, title: 1, completion: { rule: "most" } },
      "courses/twice.json": { slug: "twice", modules: ["m", "m", "n", "n"] },
      "pathways/p.json": { slug: "p", courses: ["rust", "go"] },
    });
    expect(placesOf(faults).sort()).toEqual([
      "courses/broken.json: ",
      "courses/ruby.json: completion.rule",
      "courses/ruby.json: title",
      "courses/twice.json: modules.1",
      "courses/twice.json: modules.3",
      "pathways/p.json: courses.0",
      "pathways/p.json: courses.1",
    ]);
  });

  it("do not make a course unknown whose own file is faulty", () => {
    const faults = faultsOf({
      "courses/broken.json": "{",
      "courses/ruby.json": { ...ruby, title: 1 },
      "pathways/p.json": { slug: "p", courses: ["broken", "ruby"] },
    });
    expect(placesOf(faults)).toEqual(["courses/broken.json: ", "courses/ruby.json: title"]);
  });
});
