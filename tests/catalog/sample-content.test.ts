import { join } from "node:path";
import { expect, it } from "vitest";
import { completionDataFaults } from "../../src/catalog/completion-data.ts";
import { loadCatalog } from "../../src/catalog/load.ts";
import { RULES } from "../../src/completion/rules/index.ts";

const loaded = loadCatalog(join(import.meta.dirname, "../../content"), RULES);
const catalog = loaded.ok ? loaded.catalog : undefined;

it.each([
  ["course", "hedgehog-lab-foundations", 4],
  ["pathway", "getting-started", 3],
] as const)("the %s %s has %i required modules, of which accessing-vlab-with-gcp is one", (type, slug, count) => {
  const modules = catalog?.[type].get(slug)?.entries.filter((entry) => entry.type === "module" && !entry.optional);
  expect(modules).toHaveLength(count);
  expect(modules).toContainEqual({ type: "module", slug: "accessing-vlab-with-gcp", optional: false });
});

it("has an example of everything that content can say", () => {
  const courses = catalog?.courses ?? [];
  const pathways = catalog?.pathways ?? [];
  const kinds = new Set(pathways.map(({ entries }) => [...new Set(entries.map(({ type }) => type))].join(" and ")));
  expect([...kinds].sort()).toEqual(["course", "course and module", "module"]);
  expect(courses.filter(({ entries }) => entries.some(({ optional }) => optional))).not.toHaveLength(0);
  expect(courses.filter(({ sequential }) => sequential)).not.toHaveLength(0);
  expect(new Set(courses.map(({ completion }) => completion.rule))).toEqual(new Set(["all", "at-least"]));
  expect(
    catalog?.modules.filter((module) => catalog.holdersOf({ type: "module", ...module }).length > 1).length,
  ).toBeGreaterThan(3);
});

it.each([
  [
    "tasks, with a limit to attempts",
    "securing-a-switch",
    { tasks: [{ maxAttempts: 3 }, { maxAttempts: 5 }, { required: false }] },
  ],
  ["a quiz that we grade", "securing-a-switch", { quiz: { passingScore: 75 } }],
  ["a score", "operator-capstone", { score: { passingScore: 80 } }],
  ["four steps", "preparing-your-workspace", { steps: { length: 4 } }],
  [
    "prerequisites that are enforced",
    "leading-a-maintenance-window",
    { enforceOrder: true, prerequisites: { length: 2 } },
  ],
  ["review items", "handing-over-to-madrid", { reviewItems: { length: 5 } }],
])("has a module with %s: %s", (_, slug, definition) => {
  expect(catalog?.module.get(slug)).toMatchObject(definition);
});

it("has a module in a course for each file, so that it can be found", () => {
  const alone = catalog?.modules.filter((module) => catalog.holdersOf({ type: "module", ...module }).length === 0);
  expect(alone).toEqual([]);
});

it.each([
  ["breathing_exercise", { completed_steps: ["inhale", "exhale"], emotion: "Calm", intensity: 0 }, true],
  ["breathing_exercise", { completed_steps: 4, emotion: "Calm", intensity: 100 }, true],
  ["breathing_exercise", { completed_steps: [], emotion: "Calm", intensity: 101 }, false],
  ["breathing_exercise", { completed_steps: [], emotion: "Calm", intensity: -1 }, false],
  ["breathing_exercise", { completed_steps: [], emotion: "Calm" }, false],
  ["emotion_labeling", { mood: "Tired", date: "2026-01-18", note: "A long shift." }, true],
  ["emotion_labeling", { mood: "Tired", date: "2026-01-18" }, true],
  ["emotion_labeling", { mood: "Tired", date: "18 January" }, false],
  ["emotion_labeling", { date: "2026-01-18" }, false],
  ["inner_doodling", { sketch_data: "data:image/png;base64,AAAA", has_drawing: true }, true],
  ["inner_doodling", { sketch_data: "data:image/png;base64,AAAA" }, true],
  ["inner_doodling", { has_drawing: false }, true],
  ["inner_doodling", { has_drawing: true }, false],
  ["inner_doodling", { sketch_data: 1, has_drawing: true }, false],
  ["quick_assessment", { answers: { "1": "often" }, total_questions: 5 }, true],
  ["quick_assessment", { answers: ["often", "never"], total_questions: 2 }, true],
  ["quick_assessment", { answers: {}, total_questions: 0 }, false],
  ["quick_assessment", { total_questions: 5 }, false],
])("the module %s takes %j: %s", (slug, data, isTaken) => {
  const schema = catalog?.module.get(slug)?.completionData ?? false;
  expect(completionDataFaults(schema, data).length === 0).toBe(isTaken);
});
