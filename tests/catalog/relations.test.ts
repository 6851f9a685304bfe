import { describe, expect, it } from "vitest";
import { type Content, faultsOf, placesOf } from "../support/builders/catalogs.ts";

const course = (slug: string, modules: unknown[], more: object = {}): Content => ({
  [`courses/${slug}.json`]: { slug, modules, ...more },
});
const sequential = (slug: string, modules: unknown[]) => course(slug, modules, { sequential: true });
/** Modules with prerequisites. */
const waiting = (modules: Record<string, string[]>): Content =>
  Object.fromEntries(
    Object.entries(modules).map(([slug, prerequisites]) => [`modules/${slug}/completion.json`, { prerequisites }]),
  );
const optional = (slug: string) => ({ slug, optional: true });
const messages = (content: Content) => faultsOf(content).map(({ message }) => message);
const at = (slug: string, path = "prerequisites") => `modules/${slug}/completion.json: ${path}`;

describe("a prerequisite", () => {
  it.each([
    ["a module of the same course", { ...course("c", ["a", "b"]), ...waiting({ b: ["a"] }) }],
    ["a module of another course", { ...course("c", ["a"]), ...course("d", ["b"]), ...waiting({ b: ["a"] }) }],
    ["a module of a pathway", { "pathways/p.json": { slug: "p", modules: ["a"] }, ...waiting({ b: ["a"] }) }],
    ["a module with nothing but a file", { ...course("c", ["b"]), ...waiting({ a: [], b: ["a"] }) }],
    [
      "a module whose file is faulty",
      { ...course("c", ["b"]), ...waiting({ b: ["a"] }), "modules/a/completion.json": "{" },
    ],
    ["shared by several", { ...course("c", ["a", "b", "d"]), ...waiting({ b: ["a"], d: ["a"] }) }],
    ["a diamond", { ...course("c", ["a", "b", "d", "e"]), ...waiting({ b: ["a"], d: ["a"], e: ["b", "d"] }) }],
  ])("may be %s", (_, content) => {
    expect(placesOf(faultsOf(content)).filter((place) => place !== at("a", ""))).toEqual([]);
  });

  it.each([
    [
      "unknown",
      { ...course("c", ["b"]), ...waiting({ b: ["a", "x"], a: [] }) },
      at("b", "prerequisites.1"),
      /no module x/,
    ],
    ["a course", { ...course("c", ["b"]), ...waiting({ b: ["c"] }) }, at("b", "prerequisites.0"), /no module c/],
    [
      "there twice",
      { ...course("c", ["a", "b"]), ...waiting({ b: ["a", "a"] }) },
      at("b", "prerequisites.1"),
      /a is listed twice/,
    ],
    ["the module itself", { ...course("c", ["a"]), ...waiting({ a: ["a"] }) }, at("a"), /a -> a/],
  ] as [string, Content, string, RegExp][])("that is %s is a fault", (_, content, place, message) => {
    const faults = faultsOf(content);
    expect(placesOf(faults)).toEqual([place]);
    expect(faults[0]?.message).toMatch(message);
  });
});

describe("modules that wait for each other", () => {
  const rows: [string, Record<string, string[]>, string[]][] = [
    ["two", { a: ["b"], b: ["a"] }, [at("a")]],
    ["three", { c: ["a"], b: ["c"], a: ["b"] }, [at("a")]],
    ["two pairs", { a: ["b"], b: ["a"], d: ["e"], e: ["d"] }, [at("a"), at("d")]],
    ["two, and one that waits for them", { z: ["a"], a: ["b"], b: ["a"], "0": ["z"] }, [at("a")]],
    ["two, whose way out is no way", { a: ["free", "b"], b: ["a"], free: [] }, [at("a")]],
  ];
  it.each(rows)("are a fault, told once per circle: %s", (_, modules, places) => {
    expect(placesOf(faultsOf({ ...course("x", []), ...waiting(modules) }))).toEqual(places);
  });

  it("are named in the order in which they wait", () => {
    const content = { ...course("x", []), ...waiting({ a: ["b"], b: ["d"], d: ["a"] }) };
    expect(messages(content)).toEqual(["These modules wait for each other: a -> b -> d -> a"]);
  });

  it("are told once, though a sequential course holds them", () => {
    const content = { ...sequential("c", ["a", "b"]), ...waiting({ a: ["b"], b: ["a"] }) };
    expect(placesOf(faultsOf(content))).toEqual([at("a")]);
  });
});

describe("the order of a sequential course", () => {
  it.each([
    ["agrees with prerequisites", { ...sequential("c", ["a", "b", "d"]), ...waiting({ b: ["a"], d: ["a", "b"] }) }],
    [
      "agrees with prerequisites elsewhere",
      { ...sequential("c", ["a", "b"]), ...course("d", ["x"]), ...waiting({ a: ["x"] }) },
    ],
    [
      "puts an optional module before what it waits for",
      { ...sequential("c", [optional("a"), "b"]), ...waiting({ a: ["b"] }) },
    ],
    ["matters not where it is not sequential", { ...course("c", ["a", "b"]), ...waiting({ a: ["b"] }) }],
    ["differs from another course's", { ...sequential("c", ["a", "b"]), ...sequential("d", ["b", "a"]) }],
  ])("is no fault where it %s", (_, content) => expect(faultsOf(content)).toEqual([]));

  it.each([
    ["a module waits for a later one", sequential("c", ["a", "b"]), { a: ["b"] }],
    ["a module waits for a later one by way of others", sequential("c", ["a", "b", "d"]), { a: ["x"], x: ["d"] }],
    ["an optional module among them waits, but blocks not", sequential("c", ["a", optional("o"), "b"]), { a: ["b"] }],
    [
      "a required module waits for an optional later one, which waits in turn",
      sequential("c", ["a", optional("o")]),
      { a: ["o"] },
    ],
    ["two places contradict: one fault is enough", sequential("c", ["a", "b", "d"]), { a: ["b"], b: ["d"] }],
  ] as [string, Content, Record<string, string[]>][])("is a fault where %s", (_, content, modules) => {
    const faults = faultsOf({ ...content, ...waiting(modules) });
    expect(placesOf(faults)).toEqual(["courses/c.json: modules"]);
    expect(faults[0]?.message).toMatch(/^The order contradicts prerequisites: a -> .*-> a$/);
  });
});
