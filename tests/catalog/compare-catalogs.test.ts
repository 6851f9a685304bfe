import { describe, expect, it } from "vitest";
import { compareCatalogs } from "../../src/catalog/compare-catalogs.ts";
import { type Content, catalogOf } from "../support/builders/catalogs.ts";

const LAB = { completion_tasks: [{ task_slug: "lab", task_type: "lab_attestation" }] };
const CONTENT: Content = {
  "courses/ruby.json": { slug: "ruby", title: "Ruby", modules: ["strings", { slug: "extras", optional: true }] },
  "courses/git.json": { slug: "git", modules: ["commits"] },
  "pathways/full.json": { slug: "full", courses: ["ruby", "git"] },
  "modules/strings/completion.json": LAB,
};
const QUIZ = (answer: string) => ({
  "modules/strings/completion.json": {
    completion_tasks: [{ task_slug: "quiz", task_type: "quiz", passing_score: 50 }],
  },
  "modules/strings/quiz.json": {
    questions: [{ id: "q", type: "single", options: ["a", "b"], correct_answer: answer }],
  },
});
const ruby = (more: object) => ({
  "courses/ruby.json": { ...(CONTENT["courses/ruby.json"] as object), ...more },
});

type Case = [what: string, change: Content, differences: string[], concerned: string[]];
const CASES: Case[] = [
  ["nothing", {}, [], []],
  ["a title", ruby({ title: "Ruby!" }), ["course ruby: text"], []],
  ["a field of the content's own", ruby({ level: 3 }), ["course ruby: text"], []],
  [
    "a module more",
    ruby({ modules: ["strings", "arrays", { slug: "extras", optional: true }] }),
    ["pathway full: entries", "course ruby: definition", "module arrays: new"],
    ["course ruby", "module arrays", "pathway full"],
  ],
  ["an optional module less", ruby({ modules: ["strings"] }), ["course ruby: text", "module extras: gone"], []],
  [
    "how long a completion holds",
    ruby({ valid_for: "P1Y" }),
    ["pathway full: entries", "course ruby: definition"],
    ["course ruby", "pathway full"],
  ],
  [
    "a module's conditions",
    { "modules/strings/completion.json": { steps: ["a"] } },
    ["pathway full: entries", "course ruby: entries", "module strings: definition"],
    ["course ruby", "module strings", "pathway full"],
  ],
  [
    "a module that no longer states conditions",
    { "modules/strings/completion.json": {} },
    ["pathway full: entries", "course ruby: entries", "module strings: definition"],
    ["course ruby", "module strings", "pathway full"],
  ],
  [
    "an alias, under which facts may be stored",
    { "modules/strings/completion.json": { ...LAB, aliases: ["texts"] } },
    ["module strings: aliases"],
    ["course ruby", "module strings", "pathway full"],
  ],
  ["a course that is retired", ruby({ retired: true }), ["course ruby: retired"], []],
  [
    "a course that is renamed",
    {
      "courses/ruby.json": undefined,
      "courses/gems.json": { slug: "gems", aliases: ["ruby"], modules: ["strings", "extras"] },
      "pathways/full.json": { slug: "full", courses: ["gems", "git"] },
    },
    ["pathway full: definition", "course gems: new", "course ruby: renamed to gems"],
    ["course gems", "pathway full"],
  ],
  [
    "a course that is gone",
    { "courses/git.json": undefined, "pathways/full.json": { slug: "full", courses: ["ruby"] } },
    ["pathway full: definition", "course git: gone", "module commits: gone"],
    ["pathway full"],
  ],
];

const textOf = ({ type, slug }: { type: string; slug: string }) => `${type} ${slug}`;
const compared = (before: Content, after: Content) => {
  const withoutUndefined = (content: Content) =>
    Object.fromEntries(Object.entries(content).filter(([, value]) => value !== undefined));
  const { differences, concerned } = compareCatalogs(
    catalogOf(withoutUndefined(before)),
    catalogOf(withoutUndefined(after)),
  );
  return {
    differences: differences.map(
      ({ kinds, to, ...one }) => `${textOf(one)}: ${kinds.join(", ")}${to ? ` to ${to}` : ""}`,
    ),
    concerned: concerned.map(textOf).sort(),
  };
};

describe("Two catalogs that differ in", () => {
  it.each(CASES)("%s", (_, change, differences, concerned) => {
    expect(compared(CONTENT, { ...CONTENT, ...change })).toEqual({ differences, concerned });
  });

  it("who is retired, the other way round", () => {
    expect(compared({ ...CONTENT, ...ruby({ retired: true }) }, CONTENT).differences).toEqual([
      "course ruby: in use again",
    ]);
  });

  it("a quiz's answers concern no completion, but earlier grades", () => {
    const [first, second] = [QUIZ("a"), QUIZ("b")].map((quiz) => ({ ...CONTENT, ...quiz }));
    expect(compared(first as Content, second as Content)).toEqual({
      differences: ["module strings: quiz"],
      concerned: [],
    });
  });
});
