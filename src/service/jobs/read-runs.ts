import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { AppError } from "../../model/errors.ts";
import { compareText } from "../../model/text.ts";
import type { ChangeRecord, LearnerChanges } from "./change.ts";
import { type FoundRun, findRuns, type RunKind } from "./find-runs.ts";
import { readEntries, readParts } from "./read-entries.ts";
import type { GradeRecord } from "./regrade/regrade-changes.ts";
import { changesOfRun } from "./run-changes.ts";

/** A run as its folder tells of it; `summary` is what the run itself wrote when it was finished. */
export type RunView = {
  id: string;
  kind: RunKind;
  dryRun: boolean;
  /** Null where no file says so. */
  startedAt: string | null;
  /** Null while it runs, and where it was stopped. */
  endedAt: string | null;
  summary: Record<string, unknown>;
};

export type RunFailure = Record<string, unknown>;
export type RunLearner = { contact_id: string; changes: ChangeRecord[]; grades?: GradeRecord[] };
export type RunDetails = RunView & { changes: RunLearner[]; failures: RunFailure[]; next: number | undefined };

/** So many failures are told with a run; all are in its files. */
const FAILURES_SHOWN = 100;

/** The runs below a folder, the newest first. */
export async function readRuns(folder: string): Promise<RunView[]> {
  const views = await Promise.all((await findRuns(folder)).map(viewOf));
  return views
    .filter((view) => view !== undefined)
    .sort((a, b) => compareText(b.startedAt ?? "", a.startedAt ?? "") || compareText(a.id, b.id));
}

/** One run with a page of what it changed, from the entry `after` on. @throws AppError NOT_FOUND */
export async function readRun(
  folder: string,
  id: string,
  { after, limit }: { after: number; limit: number },
): Promise<RunDetails> {
  const run = (await findRuns(folder)).find((each) => each.id === id);
  const view = run && (await viewOf(run));
  if (!run || !view) throw new AppError("NOT_FOUND", "There is no such run in this service's run folder.");
  const entries = changesIn(run, view.endedAt !== null);
  const { taken: changes, isMore } = await take(entries, after, limit);
  const { taken: failures } = await take(failuresIn(run, view.endedAt !== null), 0, FAILURES_SHOWN);
  return { ...view, changes, failures, next: isMore ? after + limit : undefined };
}

type Stated = { dry_run?: unknown; mode?: unknown; start_time?: unknown; end_time?: unknown };
type Begun = { startTime?: unknown; options?: { dryRun?: unknown }; dryRun?: unknown };

async function viewOf({ id, kind, path, files }: FoundRun): Promise<RunView | undefined> {
  const summary = await jsonIn(join(path, files.summary));
  // A summary of before stays beside a checkpoint while a run that failed goes on.
  const begun = kind === "rollback" ? undefined : ((await jsonIn(join(path, "checkpoint.json"))) as Begun | undefined);
  if (summary === undefined && begun === undefined) return undefined;
  const { dry_run: isDry, mode, start_time: start, end_time: end }: Stated = summary ?? {};
  return {
    id,
    kind,
    dryRun: (isDry ?? begun?.options?.dryRun ?? begun?.dryRun) === true || mode === "dry-run",
    startedAt: textOrNull(start ?? begun?.startTime),
    endedAt: textOrNull(end),
    summary: summary ?? {},
  };
}

const textOrNull = (value: unknown): string | null => (typeof value === "string" ? value : null);

/** Undefined for a file that is not there, or is none of ours. */
async function jsonIn(path: string): Promise<Record<string, unknown> | undefined> {
  try {
    const value: unknown = JSON.parse(await readFile(path, "utf8"));
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

async function* changesIn({ path, files, kind }: FoundRun, isFinished: boolean): AsyncGenerator<RunLearner> {
  // What a rollback undid, the run that it undid tells; an import sends events, whose changes are everybody's.
  if (kind === "rollback" || files.changes === undefined) return;
  if (isFinished && !existsSync(join(path, files.changes))) return;
  yield* changesOfRun(path, isFinished, files.changes) as AsyncGenerator<LearnerChanges & RunLearner>;
}

async function* failuresIn({ path, files }: FoundRun, isFinished: boolean): AsyncGenerator<RunFailure> {
  if (!isFinished) yield* readParts<RunFailure>(path, "failures");
  else if (existsSync(join(path, files.failures))) yield* readEntries<RunFailure>(join(path, files.failures));
}

async function take<T>(entries: AsyncIterable<T>, after: number, limit: number) {
  const taken: T[] = [];
  let index = 0;
  for await (const entry of entries) {
    if (index >= after + limit) return { taken, isMore: true };
    if (index++ >= after) taken.push(entry);
  }
  return { taken, isMore: false };
}
