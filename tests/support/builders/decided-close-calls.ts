import type { Action, Sent } from "./decided-lives.ts";

const DAYS = ["2025-01-10", "2025-01-11", "2025-01-12", "2025-01-13", "2025-12-20"] as const;
type Day = 0 | 1 | 2 | 3 | 4;

const sent = (name: string, day: Day, fields: object, eventId = `${name}-${day}`): Sent => ({
  eventName: `learning_${name}`,
  eventId,
  payload: { ...fields, ts: `${DAYS[day]}T10:00:00Z` },
});
const mark = (module_slug: string, day: Day, eventId = `${module_slug}-${day}`) =>
  sent("module_completed", day, { module_slug }, eventId);
const attempt = (score: number, day: Day) =>
  sent("task_submitted", day, { module_slug: "paper", task_slug: "quiz", score }, `try-${day}`);
const decided = (name: string, day: Day, fields: object) => sent(name, day, { reason: "because", ...fields });
const voided = (event_id: string, day: Day = 3) => decided("event_voided", day, { event_id });
const back = (event_id: string) => decided("event_voided", 4, { event_id, withdrawn: true });
const waived = (of: string, slug: string, more: object = {}) =>
  decided(`${of}_waived`, "withdrawn" in more ? 3 : 2, { [`${of}_slug`]: slug, ...more });
const reset = (of: string, slug: string, day: Day) => decided(`${of}_reset`, day, { [`${of}_slug`]: slug });
const claim = (course_slug: string, day: Day) => sent("course_completed", day, { course_slug });
const grant = decided("attempts_granted", 2, { module_slug: "paper", task_slug: "quiz", count: 1 });

/** What happens at once where little time is left between the one and the other. */
export const CLOSE_CALLS: [name: string, before: Sent[], together: Action[]][] = [
  ["the last mark of a course, and its void", [mark("strings", 0)], [mark("rules", 1), voided("rules-1")]],
  [
    "the last mark of a course and a pathway, and its void",
    [mark("strings", 0), attempt(60, 0)],
    [mark("rules", 1), voided("rules-1")],
  ],
  ["the result that completes a module, and its void", [], [attempt(60, 1), voided("try-1")]],
  [
    "the void of a mark, and another mark of its module",
    [mark("strings", 0), mark("rules", 1)],
    [voided("rules-1"), mark("rules", 2)],
  ],
  [
    "the withdrawal of a void, and what it lacked",
    [mark("rules", 1), voided("rules-1")],
    [back("rules-1"), mark("strings", 2)],
  ],
  ["two voids of one course", [mark("strings", 0), mark("rules", 1)], [voided("rules-1"), voided("strings-0", 2)]],
  ["a void, and a backfill", [mark("strings", 0), mark("rules", 1)], [voided("rules-1"), "backfill"]],
  [
    "the withdrawal of a void, and a backfill",
    [mark("strings", 0), mark("rules", 1), voided("rules-1")],
    [back("rules-1"), "backfill"],
  ],
  [
    "a claim, and the void of what it rests on",
    [mark("strings", 0), mark("rules", 1)],
    [claim("ruby", 1), voided("rules-1")],
  ],
  [
    "a claim of a pathway, and its own void",
    [mark("strings", 0), mark("rules", 1)],
    [sent("pathway_completed", 1, { pathway_slug: "dev" }), voided("pathway_completed-1")],
  ],
  [
    "a claim, and its own void",
    [mark("strings", 0), mark("rules", 1)],
    [claim("ruby", 1), voided("course_completed-1")],
  ],
  [
    "a claim of a pathway whose term ends, and the void of the next one",
    [mark("rules", 0), mark("drill", 0), mark("rules", 4, "again"), mark("drill", 4, "again")],
    [sent("pathway_completed", 4, { pathway_slug: "site" }), voided("again")],
  ],
  ["a claim, and a reset", [mark("strings", 0), mark("rules", 1)], [claim("ruby", 1), reset("course", "ruby", 2)]],
  ["a claim, and the waiver that bears it out", [mark("strings", 0)], [claim("ruby", 2), waived("module", "rules")]],
  ["a waiver, and the last mark", [], [waived("module", "strings"), mark("rules", 1)]],
  [
    "the withdrawal of a waiver, and the last mark",
    [waived("module", "strings")],
    [waived("module", "strings", { withdrawn: true }), mark("rules", 1)],
  ],
  [
    "a waiver of a course, its withdrawal, and a backfill",
    [],
    [waived("course", "ruby"), waived("course", "ruby", { withdrawn: true }), "backfill"],
  ],
  ["a reset, and the last mark before it", [mark("strings", 0)], [mark("rules", 1), reset("course", "ruby", 2)]],
  ["a reset, and the last mark after it", [mark("strings", 2)], [mark("rules", 3), reset("course", "ruby", 1)]],
  [
    "a reset, and a result after it of a module that was complete",
    [attempt(60, 0)],
    [reset("course", "exam", 1), attempt(60, 2)],
  ],
  [
    "resets of a course and of its pathway",
    [mark("strings", 0), mark("rules", 1)],
    [reset("course", "ruby", 2), reset("pathway", "dev", 3)],
  ],
  [
    "a renewal, and the void of what it renews",
    [mark("rules", 0), mark("drill", 1), mark("rules", 4)],
    [mark("drill", 4), voided("drill-1")],
  ],
  ["a grant, and an attempt beyond the limit", [attempt(10, 0), attempt(20, 1)], [grant, attempt(60, 3)]],
  [
    "the void of an attempt, and one beyond the limit",
    [attempt(10, 0), attempt(20, 1)],
    [voided("try-0"), attempt(60, 3)],
  ],
];
