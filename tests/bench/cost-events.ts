import type { Content } from "../support/builders/catalogs.ts";

export const BATCH = 50;
const TS = "2026-01-18T10:15:00.000Z";
const range = Array.from({ length: BATCH }, (_, index) => index);

/** Courses of two modules each, in one pathway, and for each number a module of each other kind, which no course holds. */
export const CONTENT: Content = {
  "pathways/all.json": { slug: "all", courses: range.map((index) => `course-${index}`) },
  ...Object.fromEntries(
    range.flatMap((index): [string, unknown][] => [
      [`courses/course-${index}.json`, { slug: `course-${index}`, modules: [`first-${index}`, `second-${index}`] }],
      [`modules/quiz-${index}/completion.json`, { completion_tasks: [{ task_slug: "quiz", passing_score: 75 }] }],
      [`modules/cards-${index}/completion.json`, { review_items: [{ id: "card", front: "front", back: "back" }] }],
    ]),
  ),
};

type Fields = Record<string, unknown>;
export type Sent = { eventName: string; payload: Fields };
const event = (name: string, fields: Fields): Sent => ({
  eventName: `learning_${name}`,
  payload: { ts: TS, ...fields },
});
const completed = (module_slug: string, more: Fields = {}) => event("module_completed", { module_slug, ...more });
const session = (end: "started" | "ended", index: number) =>
  event(`session_${end}`, { session_id: `session-${index}`, session_type: "module" });

/** About 600 bytes, as of a form of a few fields. */
const DATA = { rating: 4, hours: 2.5, tools: ["editor", "terminal"], comment: "What I learned. ".repeat(32) };

type Kind = {
  /** What the event is, by its number: of one learner no two are the same. */
  sent: (index: number) => Sent;
  /** What came before it. */
  before?: (index: number) => Sent[];
};

/** Each kind of event, as it usually comes. */
export const KINDS: Record<string, Kind> = {
  "module started": { sent: (index) => event("module_started", { module_slug: `first-${index}` }) },
  "module completed without data": { sent: (index) => completed(`first-${index}`) },
  "module completed with data": { sent: (index) => completed(`first-${index}`, { completion_data: DATA }) },
  "module completed, and its course": {
    before: (index) => [completed(`first-${index}`)],
    sent: (index) => completed(`second-${index}`),
  },
  "attempt at a task": {
    sent: (index) => event("task_submitted", { module_slug: `quiz-${index}`, task_slug: "quiz", score: 50 }),
  },
  "session started": { sent: (index) => session("started", index) },
  "session ended": { before: (index) => [session("started", index)], sent: (index) => session("ended", index) },
  review: {
    sent: (index) => event("item_reviewed", { module_slug: `cards-${index}`, item_id: "card", rating: "good" }),
  },
  enrolment: { sent: (index) => event("course_enrolled", { course_slug: `course-${index}` }) },
  "claim of a course": {
    before: (index) => [completed(`first-${index}`), completed(`second-${index}`)],
    sent: (index) => event("course_completed", { course_slug: `course-${index}` }),
  },
  "decision: a waiver": {
    sent: (index) => event("module_waived", { module_slug: `first-${index}`, reason: "Known from before" }),
  },
};
export const CHEAPEST_COMPLETION = "module completed without data";
