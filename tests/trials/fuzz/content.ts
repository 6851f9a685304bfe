import type { Content } from "../../support/builders/catalogs.ts";

export const numbered = (count: number, prefix: string) =>
  Array.from({ length: count }, (_, index) => `${prefix}-${index}`);

/** What the events of `NEEDED_FIELDS` name, with everything that a definition may have. */
export const FUZZED_CONTENT: Content = {
  "courses/ruby.json": { slug: "ruby", title: "Ruby", modules: ["strings", { slug: "arrays", optional: true }] },
  "courses/long.json": { slug: "long", title: "Long", sequential: true, modules: numbered(1_500, "lesson") },
  "courses/heavy.json": { slug: "heavy", title: "Heavy", modules: ["many-tasks", "strict"] },
  "modules/many-tasks/completion.json": {
    completion_tasks: numbered(400, "a-task-with-a-name-as-long-as-people-write-them").map((task_slug) => ({
      task_slug,
      task_type: "lab_attestation",
      required: true,
    })),
  },
  "modules/strict/completion.json": {
    completion_data: { type: "object", properties: {}, additionalProperties: false },
  },
  "pathways/full-stack.json": { slug: "full-stack", title: "Full stack", courses: ["ruby"] },
  "modules/strings/completion.json": {
    completion_tasks: [
      { task_slug: "quiz-1", task_type: "quiz", max_attempts: 200 },
      { task_slug: "lab", required: false, max_attempts: 2 },
    ],
    score: { passing_score: 50, weights: { quiz: 1, constructor: 1 } },
    steps: ["read"],
    completion_data: { type: "object", properties: { mood: { type: "string" } } },
    review_items: [{ id: "hola", front: "hola", back: "hello" }],
  },
  "modules/strings/quiz.json": {
    passing_score: 50,
    questions: [{ id: "q", type: "single", options: ["a", "b"], correct_answer: "a" }],
  },
};
