import type { Bucket } from "../../aws/bucket.ts";
import { toTimestamp } from "../../model/time.ts";
import { REGRADE_FILES } from "./regrade/regrade-checkpoint.ts";
import { entriesOf, type UndoneRun } from "./remote/entries-of.ts";
import { JobRefused, type RemoteJob } from "./remote/remote-job.ts";
import { names, type Plan, RemoteRun } from "./remote/remote-run.ts";
import { rollbackFiles } from "./rollback-files.ts";
import { type EntryPosition, RollbackSegment } from "./rollback-segment.ts";
import { summarizeRollback } from "./rollback-summary.ts";
import { addRollbackTally, emptyRollbackTally, type RollbackMode, type RollbackTally } from "./rollback-tally.ts";
import { BACKFILL_FILES } from "./run-folder.ts";
import type { SegmentDesk } from "./segment-desk.ts";

/** What is asked for, and the run as it was found. */
export type RollbackOptions = {
  mode: RollbackMode;
  dryRun: boolean;
  concurrency: number;
  /** At most; each has so much of the changes, if there are as many. */
  segments: number;
  segmentBytes: number;
  source: Pick<UndoneRun, "job" | "run"> | UndoneRun;
};

/** Where a run's changes are, by its job; the others cannot be undone. */
export const CHANGES: Readonly<Record<string, string>> = {
  backfill: BACKFILL_FILES.changes,
  regrade: REGRADE_FILES.changes,
};

const optionsOf = ({ options }: Pick<Plan, "options">): RollbackOptions => options as Plan["options"] & RollbackOptions;

/** A rollback where its segments are worked one by one: they are parts of what the run has changed, and not of the table. */
export const remoteRollback: RemoteJob = {
  files: (plan) => rollbackFiles(optionsOf(plan).mode),
  prepare,
  emptyTally: emptyRollbackTally,
  addTally: (total, more) => addRollbackTally(total as RollbackTally, more as RollbackTally),
  async work({ plan, bucket, connection: { store } }, desk) {
    const { mode, segments, source } = optionsOf(plan);
    const regrade = source.job === "regrade" ? source.run : undefined;
    const part = { segment: desk.segment, segments };
    const entries = (from: EntryPosition | null) => entriesOf(bucket, source as UndoneRun, part, from);
    const work = { store, mode, regrade, entries };
    await new RollbackSegment(work, desk as SegmentDesk<RollbackTally, EntryPosition>).work();
  },
  summarize(plan, { tally, endTime }) {
    const { mode, source } = optionsOf(plan);
    const ended = { run: source.run, mode, startTime: plan.startTime, endTime, interrupted: false };
    return summarizeRollback({ ...ended, isOfGrades: source.job === "regrade" }, tally as RollbackTally);
  },
};

/** Finds the run, and divides its changes. One that did not finish has them by its own segments. */
async function prepare(plan: Plan, { bucket, now }: { bucket: Bucket; now: number }): Promise<Plan> {
  const options = optionsOf(plan);
  const { job, run: name } = options.source;
  const file = CHANGES[job];
  if (file === undefined) throw new JobRefused(`A run of ${job} is nothing that can be rolled back.`);
  const run = new RemoteRun(bucket, { job, run: name });
  const undone = await planToUndo(run, plan);
  const isFinished = (await run.json<{ finished: boolean }>(names.checkpoint))?.finished === true;
  if (!isFinished) await refuseWhileWorked(run, undone.options.segments, now);
  if (options.mode === "write") await run.write(names.rolledBack, { run: plan.run });
  if (!isFinished) {
    const source: UndoneRun = { job, run: name, finished: false };
    return { ...plan, options: { ...options, source, segments: undone.options.segments } as Plan["options"] };
  }
  const bytes = await lengthOf(run, file);
  const source: UndoneRun = { job, run: name, finished: true, file, bytes };
  const segments = Math.max(1, Math.min(options.segments, Math.ceil(bytes / options.segmentBytes)));
  return { ...plan, options: { ...options, source, segments } as Plan["options"] };
}

async function planToUndo(run: RemoteRun, { target }: Plan): Promise<Plan> {
  const undone = await run.plan();
  if (undone === undefined)
    throw new JobRefused(`There is no run ${run.folder} in the bucket. One that was worked here is rolled back here.`);
  if (undone.options.dryRun)
    throw new JobRefused(`${undone.run} is a dry run: it changed nothing, and there is nothing to undo.`);
  if (undone.target !== target) throw new JobRefused(`The run was made on ${undone.target}, and this is ${target}.`);
  return undone;
}

/** A function of an execution that was ended may go on for minutes, and write what nobody has seen yet. */
async function refuseWhileWorked(run: RemoteRun, segments: number, now: number): Promise<void> {
  for (let segment = 0; segment < segments; segment++) {
    const until = (await run.segment(segment))?.record.claim?.until ?? 0;
    if (until > now)
      throw new JobRefused(
        `A function may still be working on the run, until ${toTimestamp(until)}. Stop the run, or try again then.`,
      );
  }
}

async function lengthOf(run: RemoteRun, file: string): Promise<number> {
  for await (const { key, bytes } of run.bucket.list(run.folder + file)) if (key === run.folder + file) return bytes;
  throw new JobRefused(`The run ${run.folder} has lost its file ${file}.`);
}
