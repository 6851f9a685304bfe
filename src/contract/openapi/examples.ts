import type * as Wire from "../index.ts";

const moduleState = {
  slug: "ruby-strings",
  status: "started",
  recommended_at: null,
  started_at: "2026-01-18T10:15:00.000Z",
  completed_at: null,
  progress_percentage: 50,
} satisfies Wire.ModuleState;

const holder = {
  slug: "ruby",
  title: "Ruby",
  enrolled_at: "2026-01-18T10:15:00.000Z",
  enrollment_source: "course_page",
  started_at: "2026-01-18T10:15:00.000Z",
  status: "started",
  completed: false,
  completed_at: null,
  expires_at: null,
  completion_source: null,
  claimed_at: null,
  recorded_at: null,
  catalog_version: null,
  progress: { completed: 2, total: 4, needed: 4, short_by: 2 },
  settled: true,
  locked: false,
  locked_by: [],
} satisfies Wire.HolderState;

const refused = {
  type: "urn:waymark:problem:completion-not-reached",
  title: "The completion that is claimed is not reached",
  status: 400,
  code: "COMPLETION_NOT_REACHED",
  detail: "Course not actually complete: 2/4 modules completed",
  event_id: "0199f2b4-6f0e-7c3a-9d6e-2f1f7a1c9b10",
  progress: { completed: 2, total: 4, needed: 4, short_by: 2 },
  missing: [
    { type: "module", slug: "ruby-strings", title: "Strings" },
    { type: "module", slug: "ruby-types", title: null },
  ],
} satisfies Wire.Problem;

/** One answer of each kind that a reader should see before anything else. */
export const EXAMPLES = {
  AcceptedEvent: {
    status: "accepted",
    event_id: "0199f2b4-6f0e-7c3a-9d6e-2f1f7a1c9b10",
    learner_id: "123",
    module: moduleState,
    courses: [
      {
        slug: "ruby",
        title: "Ruby",
        completed: false,
        completed_at: null,
        progress: { completed: 2, total: 4, needed: 4, short_by: 2 },
        newly_completed: false,
      },
    ],
    pathways: [],
    unlocked: [],
    warnings: [],
  } satisfies Wire.AcceptedEvent,
  Problem: refused,
  LearnerModule: {
    ...moduleState,
    title: "Strings",
    missing: [{ type: "task", slug: "lab" }],
    attempts: [],
    completion_data: null,
  } satisfies Wire.LearnerModule,
  LearnerHolder: {
    ...holder,
    entries: [
      {
        type: "module",
        slug: "ruby-strings",
        title: "Strings",
        optional: false,
        completed: false,
        locked: false,
        from: null,
        until: null,
      },
    ],
    missing: refused.missing,
    terms: [],
  } satisfies Wire.LearnerHolder,
  Completions: {
    completions: [
      {
        learner_id: "123",
        completed_at: "2026-01-18T10:15:00.000Z",
        expires_at: null,
        recorded_at: "2026-01-18T10:15:01.250Z",
        completion_source: "inferred",
        catalog_version: "804f2ca9aeb3ce6c",
      },
    ],
    next_cursor: null,
  } satisfies Wire.Completions,
  Health: {
    status: "ok",
    catalog_version: "804f2ca9aeb3ce6c",
    counts: { pathways: 4, courses: 8, modules: 20 },
    catalog_fault_count: 0,
  } satisfies Wire.Health,
};
