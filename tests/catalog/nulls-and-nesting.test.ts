import { describe, expect, it } from "vitest";
import type { Definition, ModuleDefinition } from "../../src/catalog/catalog.ts";
import { completionDataFaults } from "../../src/catalog/completion-data.ts";
import { catalogOf, faultsOf } from "../support/builders/catalogs.ts";

const meaning = ({ source: _, ...rest }: Definition | ModuleDefinition) => rest;

describe("null in content means that the key is left out", () => {
  const course = { title: null, completion: null, sequential: null, enforce_order: null };
  const file = {
    completion_tasks: null,
    score: null,
    steps: null,
    prerequisites: null,
    enforce_order: null,
    completion_data: null,
    review_items: null,
  };
  const task = {
    task_slug: "t",
    task_type: "quiz",
    required: null,
    passing_score: null,
    max_attempts: null,
    trusted: null,
  };
  const quiz = {
    passing_score: 70,
    questions: [{ id: "q", type: "single", options: ["a", "b"], correct_answer: "a" }],
  };

  it("in every key of ours, nested ones too", () => {
    const given = catalogOf({
      "courses/c.json": { slug: "c", modules: ["m", { slug: "n", optional: null }], ...course },
      "pathways/p.json": { slug: "p", courses: null, modules: ["m"], ...course },
      "modules/m/completion.json": { ...file, completion_tasks: [task] },
      "modules/m/quiz.json": { ...quiz, questions: [{ ...quiz.questions[0], points: null }] },
      "modules/n/completion.json": file,
    });
    const plain = catalogOf({
      "courses/c.json": { slug: "c", modules: ["m", "n"] },
      "pathways/p.json": { slug: "p", modules: ["m"] },
      "modules/m/completion.json": { completion_tasks: [{ task_slug: "t", task_type: "quiz" }] },
      "modules/m/quiz.json": quiz,
      "modules/n/completion.json": {},
    });
    for (const list of ["courses", "pathways", "modules"] as const)
      expect(given[list].map(meaning)).toEqual(plain[list].map(meaning));
  });

  it("but not in a JSON Schema, nor in what is shown of the file", () => {
    const completion_data = { properties: { mood: { enum: ["calm", null] }, since: { const: null } } };
    const module = catalogOf({
      "courses/c.json": { slug: "c", modules: ["m"], summary: null },
      "modules/m/completion.json": { completion_data },
    }).module.get("m");
    expect(module?.completionData).toEqual(completion_data);
    expect(completionDataFaults(module?.completionData ?? {}, { mood: null, since: null })).toEqual([]);
    expect(completionDataFaults(module?.completionData ?? {}, { since: "now" })).toMatchObject([{ path: "since" }]);
  });

  it.each([
    ["a slug", { slug: null, modules: [] }, "slug"],
    ["the modules", { slug: "c", modules: null }, "modules"],
    ["an entry", { slug: "c", modules: [null] }, "modules.0"],
    [
      "a rule's own count",
      { slug: "c", modules: ["m"], completion: { rule: "at-least", count: null } },
      "completion.count",
    ],
  ])("and so %s that must be there is missing", (_, content, path) => {
    expect(faultsOf({ "courses/c.json": content })).toMatchObject([{ file: "courses/c.json", path }]);
  });
});

describe("Content that is nested", () => {
  const nested = (depth: number) => `${'{"a":'.repeat(depth - 1)}{}${"}".repeat(depth - 1)}`;
  const lists = (depth: number) => `${"[".repeat(depth)}${"]".repeat(depth)}`;
  const course = (own: string) => ({ "courses/c.json": `{"slug":"c","modules":["m"],"own":${own}}` });
  const own = (depth: number) => `own${".a".repeat(depth)}`;

  it.each([
    ["31 objects inside one", nested(31), []],
    ["32 objects inside one", nested(32), [own(31)]],
    ["4,000 objects", nested(4_000), [own(31)]],
    ["a million objects", nested(1_000_000), [own(31)]],
    ["31 lists", lists(31), []],
    ["32 lists", lists(32), [`own${".0".repeat(31)}`]],
    ["4,000 lists", lists(4_000), [`own${".0".repeat(31)}`]],
  ])("%s deep", (_, text, places) => {
    const faults = faultsOf(course(text));
    expect(faults.map(({ file, path }) => [file, path])).toEqual(places.map((path) => ["courses/c.json", path]));
    for (const { message } of faults) expect(message).toMatch(/^Nested more than 32 deep/);
  });

  it.each([
    ["modules/m/completion.json", `{"completion_data":${'{"not":'.repeat(4_000)}{}${"}".repeat(4_000)}}`],
    ["modules/m/quiz.json", `{"questions":${lists(4_000)}}`],
    ["pathways/p.json", lists(4_000)],
  ])("4,000 deep in %s is one fault", (file, text) => {
    const faults = faultsOf({ "courses/c.json": { slug: "c", modules: ["m"] }, [file]: text });
    expect(faults).toMatchObject([{ file, message: expect.stringMatching(/^Nested/) }]);
  });
});
