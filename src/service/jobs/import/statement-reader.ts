import type { LearnerId } from "../../../model/learner.ts";
import { conditionReader } from "./condition.ts";
import type { Target } from "./entity-reader.ts";
import { completionOf, enrolmentOf, type ImportedEvent, importedWaiverOf, startOf } from "./import-events.ts";
import type { Statement } from "./mapping.ts";
import { isRefusal, type Refusal } from "./refusal.ts";
import { scoreReader } from "./score.ts";
import type { Scope } from "./source.ts";
import { type Context, type ReadTime, timeReader } from "./time-reader.ts";

/** What one statement comes to in one place of a row. */
export type Reading = { events: ImportedEvent[] } | { refusal: Refusal } | { skipped: SkipReason };
export type SkipReason = "named_skip" | "not_complete" | "no_date" | "blank";

export type StatementReader = (scope: Scope, learner: LearnerId, target: Target) => Reading;

/** A part of what a statement says; undefined where the row does not say it. */
type Part = (scope: Scope, learner: LearnerId, target: Target) => ImportedEvent | undefined | Refusal;
type IsComplete = ReturnType<typeof conditionReader>;

/** @throws ImportFault where the statement asks for what the file does not have */
export function statementReader(statement: Statement, context: Context): StatementReader {
  const { layout } = context;
  const isComplete = conditionReader(statement.when, layout);
  const completedAt = timeReader(statement.completed_at, context);
  // What was begun and reached comes first, so that it counts for the completion of the same moment.
  const parts: Part[] = [
    beginPart(statement, context),
    ...[statement.score ?? []].flat().map((score) => {
      const at = score.at === undefined ? completedAt : timeReader(score.at, context);
      return scoreReader(score, layout, at);
    }),
    completionPart(statement, context, isComplete, completedAt),
  ];

  return (scope, learner, target) => {
    const events: ImportedEvent[] = [];
    for (const part of parts) {
      const said = part(scope, learner, target);
      if (isRefusal(said)) return { refusal: { ...said, learner, entity: { type: target.type, slug: target.slug } } };
      if (said !== undefined) events.push(said);
    }
    if (events.length > 0) return { events };
    return { skipped: isComplete(scope) === false ? "not_complete" : "no_date" };
  };
}

function beginPart({ started_at, enrolled_at }: Statement, context: Context): Part {
  const [startedAt, enrolledAt] = [timeReader(started_at, context), timeReader(enrolled_at, context)];
  return (scope, learner, { type, slug }) => {
    const at = (type === "module" ? startedAt : enrolledAt)(scope);
    if (at === undefined || isRefusal(at)) return at;
    if (type === "module") return startOf(learner, slug, at);
    return enrolmentOf(learner, { type, slug }, at, context.defaults?.enrollment_source);
  };
}

function completionPart({ as }: Statement, { defaults }: Context, isComplete: IsComplete, completedAt: ReadTime): Part {
  return (scope, learner, { type, slug }) => {
    const complete = isComplete(scope);
    if (complete === false) return undefined;
    const at = completedAt(scope) ?? defaults?.completed_at;
    if (isRefusal(at)) return at;
    if (at === undefined)
      return complete
        ? { code: "NO_DATE", reason: "The row says that it is complete, and not since when." }
        : undefined;
    if (type === "module" && as !== "waiver") return completionOf(learner, slug, at);
    return importedWaiverOf(learner, { type, slug }, at, defaults?.reason);
  };
}
