import type * as Wire from "../contract/index.ts";
import type { ChangeRecord } from "../service/jobs/change.ts";
import type { RunDetails, RunFailure, RunView } from "../service/jobs/read-runs.ts";
import type { GradeRecord } from "../service/jobs/regrade/regrade-changes.ts";

/** What stands in a summary file under another name here. */
const SAID_ALREADY = new Set(["run", "dry_run", "start_time", "end_time"]);

const head = ({ id, kind, dryRun, startedAt, endedAt }: RunView) => ({
  id,
  kind,
  dry_run: dryRun,
  started_at: startedAt,
  ended_at: endedAt,
});

const summaryOf = ({ summary }: RunView): [string, unknown][] =>
  Object.entries(summary).filter(([name]) => !SAID_ALREADY.has(name));

/** A run in a list: its numbers, and none of its summary's lists. */
export const runJson = (run: RunView): Wire.Run => ({
  ...Object.fromEntries(summaryOf(run).filter(([, value]) => typeof value !== "object")),
  ...head(run),
});

export const runDetailsJson = (run: RunDetails, next_cursor: string | null): Wire.RunDetails => ({
  ...Object.fromEntries(summaryOf(run)),
  ...head(run),
  changes: run.changes.map(({ contact_id, changes, grades }) => ({
    learner_id: contact_id,
    changes: changes.map(changeJson),
    ...(grades && { grades: grades.map(gradeJson) }),
  })),
  failures: run.failures.map(failureJson),
  next_cursor,
});

const changeJson = (change: ChangeRecord): Wire.RunChange => ({
  type: change.type,
  slug: change.slug,
  before: change.before,
  after: change.after,
  completed_at_before: change.completed_at_before,
  completed_at_after: change.completed_at_after,
  ...(change.expires_at_before !== undefined && { expires_at_before: change.expires_at_before }),
  ...(change.expires_at_after !== undefined && { expires_at_after: change.expires_at_after }),
  progress: change.progress,
});

const gradeJson = ({ event_id, task_slug, occurred_at, score_before, score_after }: GradeRecord): Wire.RunGrade => ({
  event_id,
  task_slug,
  occurred_at,
  score_before,
  score_after,
});

/** Each job has words of its own for what it could not do. */
function failureJson(failure: RunFailure): Wire.RunFailure {
  const { contact_id, learner_id = contact_id, entity = failure, reason, code, row } = failure;
  return {
    learner_id: typeof learner_id === "string" ? learner_id : null,
    entity: entityText(entity),
    reason: String(reason),
    ...(typeof code === "string" && { code }),
    ...(typeof row === "number" && { row }),
  };
}

function entityText(entity: unknown): string | null {
  if (typeof entity === "string") return entity;
  const { type, slug } = (entity ?? {}) as { type?: unknown; slug?: unknown };
  return typeof type === "string" && typeof slug === "string" ? `${type} ${slug}` : null;
}
