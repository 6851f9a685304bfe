import fc from "fast-check";
import { anyCrashes, type Crash } from "../fakes/stepwise.ts";
import { catalogOf } from "./catalogs.ts";

/** Courses that expire and that do not, pathways of both, and modules with a limit, with items, and with neither. */
export const CATALOG = catalogOf({
  "courses/safety.json": { slug: "safety", modules: ["rules", "drill"], valid_for: "P1Y", renew_from: "P30D" },
  "courses/ruby.json": { slug: "ruby", modules: ["rules", "strings"] },
  "courses/exam.json": { slug: "exam", modules: ["paper", "strings"], completion: { rule: "at-least", count: 1 } },
  "pathways/dev.json": { slug: "dev", courses: ["ruby", "exam"] },
  "pathways/site.json": { slug: "site", courses: ["safety"], valid_for: "P6M" },
  "modules/paper/completion.json": {
    completion_tasks: [{ task_slug: "quiz", passing_score: 50, max_attempts: 2 }],
  },
  "modules/strings/completion.json": { review_items: [{ id: "push", front: "push", back: "adds" }] },
});
export const MODULES = ["rules", "drill", "strings", "paper"];
export const HOLDERS = [
  { type: "course", slug: "safety" },
  { type: "course", slug: "ruby" },
  { type: "course", slug: "exam" },
  { type: "pathway", slug: "dev" },
  { type: "pathway", slug: "site" },
] as const;
export const NOW = "2026-02-01T12:00:00.000Z";

/** In the first term of the safety course, when it is to be renewed, and after it has expired. */
const TIMES = [
  "2025-01-10T10:00:00Z",
  "2025-01-10T10:03:00Z",
  "2025-06-01T10:00:00Z",
  "2025-12-20T10:00:00Z",
  "2026-01-20T10:00:00Z",
  "2026-01-20T10:04:00Z",
];

export type Sent = { eventName: string; eventId: string; payload: Record<string, unknown> };
/** What somebody does: sends an event, or runs a backfill. */
export type Action = Sent | "backfill";

const slugOf = (...slugs: string[]) => fc.constantFrom(...slugs);
const withdrawn = fc.constantFrom(undefined, undefined, true);
const reason = fc.constant("because");
// So few that voids meet their events, and that two events have one id.
const eventId = fc.nat({ max: 5 }).map((index) => `e-${index}`);

const sent = (name: string, fields: Record<string, fc.Arbitrary<unknown>>): fc.Arbitrary<Sent> =>
  fc.record({ eventId, payload: fc.record({ ...fields, ts: fc.constantFrom(...TIMES) }) }).map((drawn) => ({
    eventName: `learning_${name}`,
    ...(JSON.parse(JSON.stringify(drawn)) as Omit<Sent, "eventName">),
  }));

const facts = fc.oneof(
  { weight: 4, arbitrary: sent("module_completed", { module_slug: slugOf("rules", "drill", "strings") }) },
  { weight: 1, arbitrary: sent("module_started", { module_slug: slugOf("rules", "strings") }) },
  {
    weight: 2,
    arbitrary: sent("task_submitted", {
      module_slug: fc.constant("paper"),
      task_slug: fc.constant("quiz"),
      score: fc.constantFrom(40, 60, 90),
    }),
  },
);
const claims = fc.oneof(
  sent("course_completed", { course_slug: slugOf("safety", "ruby", "exam") }),
  sent("pathway_completed", { pathway_slug: slugOf("dev", "site") }),
);
const decisions = fc.oneof(
  { weight: 5, arbitrary: sent("event_voided", { event_id: eventId, reason, withdrawn }) },
  sent("module_waived", { module_slug: slugOf(...MODULES), reason, withdrawn }),
  sent("course_waived", { course_slug: slugOf("safety", "ruby", "exam"), reason, withdrawn }),
  sent("pathway_waived", { pathway_slug: slugOf("dev", "site"), reason, withdrawn }),
  sent("course_reset", { course_slug: slugOf("safety", "ruby", "exam"), reason }),
  sent("pathway_reset", { pathway_slug: slugOf("dev", "site"), reason }),
  sent("attempts_granted", {
    module_slug: fc.constant("paper"),
    task_slug: fc.constant("quiz"),
    count: fc.constant(1),
    reason,
  }),
);

export type DecidedLife = {
  /** What happened before, one after the other. */
  before: Sent[];
  /** What happens at once: a decision, and something beside it. */
  together: Action[];
  crashes: Crash[];
};

export const someCrashes = anyCrashes({ steps: 30, most: 2 });

/** So much of what completes everything that little is missing. */
const someBase = fc.shuffledSubarray(
  [
    ...["rules", "drill", "strings"].map((module_slug) => ["module_completed", { module_slug }] as const),
    ["task_submitted", { module_slug: "paper", task_slug: "quiz", score: 60 }] as const,
  ].map(
    ([name, fields], index): Sent => ({
      eventName: `learning_${name}`,
      eventId: `base-${index}`,
      payload: { ...fields, ts: TIMES[0] },
    }),
  ),
);

/** A void is most often of something else that happens at the same time, or of what was there. */
function aimed({ before, together, aims }: Pick<DecidedLife, "before" | "together"> & { aims: number[] }): Action[] {
  const events = [...together, ...together, ...before].filter((action) => action !== "backfill");
  return together.map((action, index) => {
    const target = events[(aims[index] ?? 0) % (events.length + 1)];
    if (action === "backfill" || action.eventName !== "learning_event_voided" || target === undefined) return action;
    return { ...action, payload: { ...action.payload, event_id: target.eventId } };
  });
}

const earlier = fc.array(
  fc.oneof({ weight: 6, arbitrary: facts }, { weight: 1, arbitrary: claims }, { weight: 2, arbitrary: decisions }),
  { maxLength: 4 },
);
const others = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: facts },
    { weight: 2, arbitrary: claims },
    { weight: 3, arbitrary: decisions },
    { weight: 1, arbitrary: fc.constant("backfill" as const) },
  ),
  // With more at once, an order in which two of them come close is seldom drawn.
  { minLength: 1, maxLength: 2 },
);

export const anyDecidedLife: fc.Arbitrary<DecidedLife> = fc
  .record({
    base: someBase,
    earlier,
    decision: decisions,
    others,
    aims: fc.array(fc.nat({ max: 30 }), { minLength: 3, maxLength: 3 }),
    crashes: someCrashes,
  })
  .map(({ base, earlier, decision, others, aims, crashes }) => {
    const before = [...base, ...earlier];
    return { before, together: aimed({ before, together: [decision, ...others], aims }), crashes };
  });
