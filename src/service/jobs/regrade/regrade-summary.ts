import type { Meter } from "../../../store/usage.ts";
import { count, movers, type Summary, table } from "../summary.ts";
import { REGRADE_FILES, type RegradeOptions } from "./regrade-checkpoint.ts";
import type { RegradeTally } from "./regrade-tally.ts";

/** regrade-summary.json. */
export type RegradeSummary = Pick<
  Summary,
  | "run"
  | "total_contacts"
  | "processed"
  | "updated"
  | "failed"
  | "validation_errors"
  | "deleted_purged"
  | "modules_updated"
  | "courses_updated"
  | "pathways_updated"
  | "start_time"
  | "end_time"
  | "duration_seconds"
  | "dry_run"
  | "catalog_version"
  | "consumed_rcu"
  | "consumed_wcu"
  | "entities"
> & {
  module: string;
  task: string | null;
  quiz_version: string;
  answers: number;
  raised: number;
  lowered: number;
  /** Answers with the score that they had, and other questions right. */
  same_score: number;
};

type Run = {
  run: string;
  options: RegradeOptions;
  catalogVersion: string;
  quizVersion: string;
  startTime: string;
  endTime: string;
  seconds: number;
};

export function summarizeRegrade({ run, options, ...times }: Run, tally: RegradeTally, used: Meter): RegradeSummary {
  return {
    run,
    module: options.module,
    task: options.task ?? null,
    total_contacts: tally.processed + tally.failed,
    processed: tally.processed,
    updated: tally.updated,
    failed: tally.failed,
    validation_errors: tally.validationErrors,
    deleted_purged: tally.deletedPurged,
    answers: tally.answers,
    raised: tally.raised,
    lowered: tally.lowered,
    same_score: tally.sameScore,
    modules_updated: tally.modulesUpdated,
    courses_updated: tally.coursesUpdated,
    pathways_updated: tally.pathwaysUpdated,
    start_time: times.startTime,
    end_time: times.endTime,
    duration_seconds: Math.round(times.seconds * 1_000) / 1_000,
    dry_run: options.dryRun,
    catalog_version: times.catalogVersion,
    quiz_version: times.quizVersion,
    consumed_rcu: Math.round(used.rcu * 10) / 10,
    consumed_wcu: Math.round(used.wcu * 10) / 10,
    entities: movers(tally),
  };
}

/** The summary for people. */
export function regradeSummaryText(summary: RegradeSummary, notes: readonly string[]): string {
  const { raised, lowered, same_score: same, answers, failed, validation_errors: errors } = summary;
  const would = summary.dry_run ? "would change" : "changed";
  const flags = [
    count(summary.courses_updated, "course flag"),
    count(summary.pathways_updated, "pathway flag"),
    count(summary.modules_updated, "module flag"),
  ];
  const lines = [
    `${count(answers, "answer")} of ${count(summary.total_contacts, "learner")} in ${summary.duration_seconds.toFixed(1)} s` +
      ` (${summary.consumed_rcu} read and ${summary.consumed_wcu} write units)`,
    `  ${raised + lowered + same} ${would}: ${raised} with a higher score, ${lowered} with a lower one, ` +
      `${same} with the same score and other questions right`,
    `  ${answers - raised - lowered - same} right already`,
    `  of ${count(summary.updated, "learner")}; ${flags.join(", ")} ${would}`,
    `  ${failed} failed${errors > 0 ? `, with ${count(errors, "validation error")}` : ""}`,
  ];
  if (summary.entities.length > 0) lines.push("", ...table(summary.entities, REGRADE_FILES.summary));
  return [...lines, "", ...notes].join("\n");
}
