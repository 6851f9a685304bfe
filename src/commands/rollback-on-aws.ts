import { existsSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { readEntries } from "../service/jobs/read-entries.ts";
import { names, type Plan, RemoteRun } from "../service/jobs/remote/remote-run.ts";
import { CHANGES, type RollbackOptions } from "../service/jobs/remote-rollback.ts";
import { rollbackFiles } from "../service/jobs/rollback-files.ts";
import type { RollbackSummary } from "../service/jobs/rollback-summary.ts";
import type { NotUndone } from "../service/jobs/rollback-tally.ts";
import { IN_HAND } from "../service/jobs/run-rollback.ts";
import { awsTaskOf, SEGMENTS } from "./aws-arguments.ts";
import type { CommandContext } from "./command.ts";
import { type JobsOnAws, withJobsOnAws } from "./jobs-on-aws.ts";
import { runOnAws } from "./on-aws.ts";
import { modeOf, type RollbackArguments } from "./rollback-arguments.ts";
import { codeOf, isShown, MODE_TEXT, notUndoneLine, rollbackLines } from "./rollback-text.ts";
import { StartError } from "./start-error.ts";

/** Where the folders of runs are, below which each job has one. */
const RUNS = "verification-output";

/** Fewer changes are no work for a function of their own. */
const SEGMENT_BYTES = 256 * 1024;

type Source = RollbackOptions["source"];

/** Undoes a run by the deployment that made it, whose bucket has the run's files. @returns the exit code @throws StartError */
export const rollBackOnAws = (
  given: RollbackArguments,
  { environment, opened }: CommandContext,
  print: (line: string) => void,
): Promise<number> =>
  withJobsOnAws(environment, async (jobs) => {
    const begun = given.follow ?? given.stop ?? given.resume;
    const [found, itemCount] = begun === undefined ? await sourceOf(jobs, given.run) : [undefined, 0];
    if (found) print(`run      ${found.run}; ${MODE_TEXT[modeOf(given)]}`);
    const task = awsTaskOf("rollback", given, () => optionsOf(given, found as Source));
    return runOnAws(jobs, task, {
      job: "rollback",
      command: "npm run rollback --",
      itemCount,
      leases: opened.connect("page").leases,
      print,
      fetch: (plan) => fetchedTo(plan, given.run),
      conclude: (summary, path) => conclude(summary as RollbackSummary, path, print),
    });
  });

function optionsOf(given: RollbackArguments, source: Source): RollbackOptions {
  const mode = modeOf(given);
  return {
    mode,
    dryRun: mode !== "write",
    concurrency: IN_HAND,
    segments: SEGMENTS.aws,
    segmentBytes: SEGMENT_BYTES,
    source,
  };
}

/** The run by its name or its folder, and how long the file of its changes is; 0 where it did not finish. */
async function sourceOf({ bucket }: JobsOnAws, run: string | undefined): Promise<[Source, number]> {
  if (run === undefined) throw new StartError("Which run? Usage: npm run rollback -- --on=aws --run=RUN --dry-run");
  const [name, folder] = [basename(run), basename(dirname(run))];
  const jobs = folder in CHANGES ? [folder] : Object.keys(CHANGES);
  for (const job of jobs) {
    const remote = new RemoteRun(bucket, { job, run: name });
    if ((await bucket.read(remote.folder + names.plan)) === undefined) continue;
    for await (const { bytes } of bucket.list(`${remote.folder}${CHANGES[job]}`)) return [{ job, run: name }, bytes];
    return [{ job, run: name }, 0];
  }
  throw new StartError(
    `There is no run ${name} in the bucket of RUNS_URI. One that was worked here is rolled back here: leave --on=aws out.`,
  );
}

/** To the run's own folder, where a rollback here has them, beside the checkpoint that is the run's. */
function fetchedTo(plan: Plan, run: string | undefined) {
  const { mode, source } = plan.options as Plan["options"] & RollbackOptions;
  const files = rollbackFiles(mode);
  const path = run !== undefined && existsSync(run) ? run : join(RUNS, source.job, source.run);
  return { path, files: [files.summary, files.failures], summary: files.summary };
}

async function conclude(summary: RollbackSummary, path: string, print: (line: string) => void): Promise<number> {
  const reasons = join(path, rollbackFiles(summary.mode).failures);
  let index = 0;
  for await (const entry of readEntries<NotUndone>(reasons)) {
    if (!isShown(index++)) break;
    print(notUndoneLine(entry));
  }
  for (const line of rollbackLines(summary, reasons)) print(line);
  return codeOf(summary);
}
