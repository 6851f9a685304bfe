import { boolean, defineTable, integer, learner, number, text, time } from "./define-table.ts";

export const dimLearner = defineTable({
  name: "dim_learner",
  kind: "learner",
  about: "A learner of whom anything is stored",
  columns: {
    learner,
    first_enrolled_at: time("the first enrolment in anything; null where there was none"),
    first_activity_at: time("the first thing that the learner did: enrolled, started, sent, viewed, reviewed"),
    last_activity_at: time("the last of these"),
  },
});

export const factActiveWeek = defineTable({
  name: "fact_active_week",
  kind: "learner",
  about: "A week in which a learner did something, as the view activity tells it",
  columns: {
    learner,
    week: time("the beginning of its Monday"),
  },
});

export const factActiveMonth = defineTable({
  name: "fact_active_month",
  kind: "learner",
  about: "A month in which a learner did something, as the view activity tells it",
  columns: {
    learner,
    month: time("its beginning"),
    first_month: time("that of the first month in which the learner did something"),
    months_later: integer("how many months after that one it is; 0 for the first"),
  },
});

export const learnerIdentity = defineTable({
  name: "learner_identity",
  kind: "learner",
  isIdentified: true,
  about: "An id of a learner; written only with --identified",
  columns: {
    learner,
    learner_id: text("the id as events have it: contactId, or an email in lower case"),
    is_alias: boolean("whether a link gave it to the learner, who goes by another"),
  },
});

const holder = {
  holder_type: text("course or pathway"),
  holder: text("its slug"),
};

export const factCompletion = defineTable({
  name: "fact_completion",
  kind: "learner",
  about: "How a learner stands with a course or pathway that the learner touched, as the learner's own page says it",
  columns: {
    learner,
    ...holder,
    enrolled_at: time("the first enrolment; null where there was none"),
    enrollment_received_at: time("when we first received that; null where an earlier release did not keep it"),
    enrollment_source: text("where that came from, as the page said"),
    started_at: time("the first start that names it; null where none did"),
    status: text("not_started, enrolled, started, completed or expired"),
    completed: boolean("whether it is complete now: a completion that has expired is not"),
    completed_at: time("when the newest term was completed, also where it has expired"),
    expires_at: time("when that ends or has ended; null where it holds for good"),
    term: integer("how many terms have been completed; null for none"),
    claimed_at: time("the time that an accepted claim named"),
    recorded_at: time("when the flag was last written, by our clock"),
    completion_source: text("inferred, explicit, backfill, waived or imported"),
    catalog_version: text("the catalog under which the flag was written"),
    done: integer("how many entries are complete, of those that count"),
    needed: integer("how many complete it"),
    total: integer("how many count"),
    short_by: integer("how many more would complete it"),
    is_settled: boolean("whether the flag is what the facts imply by the content of today"),
    audit: text("ok, flag_without_facts, facts_without_flag or kept_from_older_definition"),
  },
});

export const factTerm = defineTable({
  name: "fact_term",
  kind: "learner",
  about: "A term of a course or pathway that a learner completed; one that never expires has one",
  columns: {
    learner,
    ...holder,
    term: integer("its number, from 1"),
    completed_at: time("when it was completed"),
    expires_at: time("when it ends or has ended; null where it holds for good"),
    ended_by: text("expired, renewed or reset; null while it runs"),
  },
});

export const factModuleProgress = defineTable({
  name: "fact_module_progress",
  kind: "learner",
  about: "How a learner stands with a module that the learner touched",
  columns: {
    learner,
    module: text("its slug"),
    status: text("not_started, started or completed"),
    recommended_at: time("when it was first recommended"),
    started_at: time("when it was first started"),
    completed_at: time("when it was completed"),
    is_waived: boolean("whether a waiver completes it"),
    progress_percentage: number("how far, 0 to 100; null for one without conditions"),
    cumulative_score: number("what its score comes to; null without one"),
    current_step: text("the first step that is not done; null without steps, or when all are"),
  },
});

export const factMissing = defineTable({
  name: "fact_missing",
  kind: "learner",
  about: "What stands between a learner and a completion that is begun; with at-least, any short_by of them",
  columns: {
    learner,
    entity_type: text("module, course or pathway"),
    entity: text("the slug of what is not complete"),
    missing_type: text("module, course, task, score or step"),
    missing: text("its slug or name"),
  },
});

export const deletedLearners = defineTable({
  name: "deleted_learners",
  kind: "deletion",
  about: "Whose rows must go from earlier runs: who was deleted, and an id that is now another learner's",
  columns: {
    learner,
    deleted_at: time("when the learner was deleted, or the id linked"),
    reason: text("deleted or linked"),
  },
});
