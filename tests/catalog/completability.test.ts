import { describe, expect, it } from "vitest";
import { parseContent } from "../../src/catalog/load.ts";
import { RULES } from "../../src/completion/rules/index.ts";
import { type Content, contentFiles, faultsOf, placesOf } from "../support/builders/catalogs.ts";

const holder = (folder: string, slug: string, more: object): Content => ({
  [`${folder}/${slug}.json`]: { slug, ...more },
});
const course = (slug: string, modules: unknown[], more: object = {}) => holder("courses", slug, { modules, ...more });
const pathway = (slug: string, more: object) => holder("pathways", slug, more);
const waiting = (slug: string, prerequisites: string[]): Content => ({
  [`modules/${slug}/completion.json`]: { prerequisites },
});
const optional = (slug: string) => ({ slug, optional: true });
const enforced = { sequential: true, enforce_order: true };

describe("what waits for itself across holders is a fault", () => {
  it.each([
    [
      "a module of the first course of a sequential pathway, which needs one of the second",
      {
        ...course("c1", ["m1"]),
        ...course("c2", ["m2"]),
        ...pathway("p", { courses: ["c1", "c2"], ...enforced }),
        ...waiting("m1", ["m2"]),
      },
      ["pathways/p.json: courses"],
      /^These can never be completed, since they wait for each other: course c1 -> module m1 -> module m2 -> course c1$/,
    ],
    [
      "two sequential courses that wait for each other",
      {
        ...course("c", ["a", "b"], enforced),
        ...course("d", ["x", "y"], enforced),
        ...waiting("a", ["y"]),
        ...waiting("x", ["b"]),
      },
      ["courses/d.json: modules"],
      /^The order contradicts prerequisites: a -> y -> x -> b -> a$/,
    ],
    [
      "a mixed list in which a course waits for a module behind it",
      {
        ...course("c", ["m"]),
        ...pathway("p", { entries: [{ course: "c" }, { module: "last" }], sequential: true }),
        ...waiting("m", ["last"]),
      },
      ["pathways/p.json: entries"],
      /course c -> module m -> module last -> course c/,
    ],
    [
      "a course that nobody can open, in all its ways",
      {
        ...course("c", ["m"]),
        ...course("first", ["f"]),
        ...pathway("p", { courses: ["first", "c"], sequential: true }),
        ...pathway("q", { courses: ["first", "c"], sequential: true }),
        ...waiting("f", ["m"]),
      },
      ["pathways/p.json: courses"],
      /course first -> module f -> module m -> course first/,
    ],
  ] as [string, Content, string[], RegExp][])("%s", (_, content, places, message) => {
    const faults = faultsOf(content);
    expect(placesOf(faults)).toEqual(places);
    expect(faults[0]?.message).toMatch(message);
  });
});

describe("what one way opens is open", () => {
  it.each([
    [
      "a course that a second pathway leaves open",
      {
        ...course("c", ["m"]),
        ...course("first", ["f"]),
        ...pathway("p", { courses: ["first", "c"], sequential: true }),
        ...pathway("q", { courses: ["c", "first"] }),
        ...waiting("f", ["m"]),
      },
    ],
    [
      "at-least: enough of the entries can be completed in order",
      { ...course("c", ["a", "b"], { completion: { rule: "at-least", count: 1 } }), ...waiting("b", ["a"]) },
    ],
    [
      "a module behind an optional one that waits for it",
      { ...course("c", [optional("a"), "b"], enforced), ...waiting("a", ["b"]) },
    ],
  ])("%s", (_, content) => expect(faultsOf(content)).toEqual([]));
});

describe("a course of optional modules alone", () => {
  const load = (content: Content) => parseContent(contentFiles(content), RULES);
  const reading = course("reading", [optional("book")]);

  it("is warned of, where nothing waits for it", () => {
    const loaded = load({ ...reading, ...pathway("p", { courses: [optional("reading")], modules: ["m"] }) });
    expect(loaded).toMatchObject({
      ok: true,
      warnings: [{ file: "courses/reading.json", path: "modules", message: expect.stringContaining("nobody ever") }],
    });
  });

  it.each([
    ["a pathway that requires it", pathway("p", { courses: ["reading"] }), "pathway p"],
    [
      "what comes after it in order",
      {
        ...course("next", ["n"]),
        ...pathway("p", { courses: ["reading", "next"], sequential: true, completion: { rule: "at-least", count: 1 } }),
      },
      "waits for it",
    ],
  ])("is a fault for %s", (_, content, who) => {
    const faults = faultsOf({ ...reading, ...content });
    expect(placesOf(faults)).toContain("courses/reading.json: modules");
    expect(faults[0]?.message).toContain(who);
  });
});

it("looks through a long sequence and a wide catalog", () => {
  const long = course(
    "long",
    Array.from({ length: 2_000 }, (_, index) => `m${index}`),
    enforced,
  );
  const wide = Array.from({ length: 500 }, (_, index) => course(`c${index}`, [`m${index}`, `m${index + 1}`], enforced));
  expect(faultsOf(Object.assign({}, long, ...wide))).toEqual([]);
});
