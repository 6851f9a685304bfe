import type { LearnerId } from "../../../model/learner.ts";
import { shortened, type Target } from "./entity-reader.ts";
import { componentScoreOf, type ImportedEvent, taskScoreOf } from "./import-events.ts";
import type { ScoreValue } from "./mapping.ts";
import { isRefusal, type Refusal } from "./refusal.ts";
import type { Layout } from "./rows.ts";
import { type Scope, sourceReader } from "./source.ts";
import type { ReadTime } from "./time-reader.ts";

type ReadScore = (scope: Scope, learner: LearnerId, target: Target) => ImportedEvent | undefined | Refusal;

/** @param timeOf when it was reached @returns undefined where the row has no score */
export function scoreReader(mapped: ScoreValue, layout: Layout, timeOf: ReadTime): ReadScore {
  const read = sourceReader(mapped, layout);
  const none = new Set(mapped.none);
  return (scope, learner, { type, slug: module_slug, task }) => {
    if (type !== "module") return undefined;
    const text = read(scope);
    const task_slug = task ?? mapped.task;
    const { component } = mapped;
    if (text === undefined || none.has(text) || (task_slug === undefined && component === undefined)) return undefined;
    const score = scoreOf(text, mapped);
    if (isRefusal(score)) return score;
    const at = timeOf(scope);
    if (isRefusal(at)) return at;
    if (at === undefined)
      return { code: "NO_DATE", reason: "The row has a score, and no time at which it was reached." };
    return task_slug === undefined
      ? componentScoreOf(learner, { module_slug, component: component as string }, score, at)
      : taskScoreOf(learner, { module_slug, task_slug }, score, at);
  };
}

function scoreOf(text: string, { min = 0, max = 100, decimal = "." }: ScoreValue): object | Refusal {
  const plain = text.replace(/\s*%$/, "").replace(decimal, ".");
  const raw = /^-?\d+(\.\d+)?$/.test(plain) ? Number(plain) : Number.NaN;
  if (raw >= min) return { raw, min, max };
  return { code: "BAD_SCORE", reason: `${JSON.stringify(shortened(text))} is no score of ${min} to ${max}.` };
}
