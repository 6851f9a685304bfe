import type { Content } from "../../support/builders/catalogs.ts";

/** What the events of `NEEDED_FIELDS` name, with everything that a definition may have. */
export const FUZZED_CONTENT: Content = {
  "courses/ruby.json": { slug: "ruby", title: "Ruby", modules: ["strings", { slug: "arrays", optional: true }] },
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
