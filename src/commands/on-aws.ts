import { readFileSync, renameSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Bucket } from "../aws/bucket.ts";
import type { Execution, Executions } from "../aws/executions.ts";
import { toTimestamp } from "../model/time.ts";
import { RunFollower } from "../service/jobs/remote/follow-run.ts";
import { finalNames, names, type Plan, RemoteRun } from "../service/jobs/remote/remote-run.ts";
import { releaseEnded } from "../service/jobs/remote/run-lease.ts";
import type { FileNames } from "../service/jobs/run-folder.ts";
import { makeFolder } from "../store/make-folder.ts";
import type { RunLeases } from "../store/run-leases.ts";
import type { AwsTask } from "./aws-arguments.ts";
import { executionEnded } from "./execution-ended.ts";
import type { JobsOnAws } from "./jobs-on-aws.ts";
import { nameOfRun } from "./name-of-run.ts";
import { progressDisplay } from "./progress-display.ts";
import { StartError } from "./start-error.ts";
import { INTERRUPTED, interruptible } from "./stoppable.ts";

const FIRST_LOOK_MS = 200;
const LONGEST_PAUSE_MS = 5_000;

/** Where the files of a run come to, which of them, and which one is its summary. */
export type Fetched = { path: string; files: readonly string[]; summary: string };

export type AwsRun = {
  job: string;
  /** The command, as an operator types it. */
  command: string;
  /** About how many items there are to be read. */
  itemCount: number;
  fetch: (plan: Plan) => Fetched;
  /** Of the table: one that an ended execution has left is given back. */
  leases: RunLeases;
  print: (line: string) => void;
  /** @returns the exit code of a run that came to its end, whose files are in this folder */
  conclude: (summary: unknown, path: string) => Promise<number>;
};

/** The files of a run that come to a folder of its own. */
export const ownFolder =
  (outputDir: string, names: FileNames): AwsRun["fetch"] =>
  ({ run }) => ({ path: join(outputDir, run), files: finalNames(names), summary: names.summary });

/** Has a job done on AWS, or follows one, and fetches its files. Ctrl-C ends the following alone. @throws StartError */
export async function runOnAws({ bucket, executions }: JobsOnAws, task: AwsTask, run: AwsRun): Promise<number> {
  if ("stop" in task) return stop(new RemoteRun(bucket, { job: run.job, run: task.stop }), run);
  if (!("follow" in task) && !isDry(task)) await releaseEnded(run.leases, executionEnded(executions));
  const [name, execution] = await startOrFind(bucket, executions, task, run.job);
  return follow(new RemoteRun(bucket, { job: run.job, run: name }), { name, execution, executions }, run);
}

const isDry = (task: AwsTask): boolean => "begin" in task && task.begin.options?.dryRun === true;

const ways = ({ command }: AwsRun, name: string) => ({
  follow: `${command} --on=aws --follow=${name}`,
  stop: `${command} --on=aws --stop=${name}`,
  resume: `${command} --on=aws --resume=${name}`,
});

async function stop(remote: RemoteRun, run: AwsRun): Promise<number> {
  const plan = await remote.plan();
  if (plan === undefined) throw new StartError(`There is no run ${remote.folder} in the bucket of RUNS_URI.`);
  await remote.write(names.stop, { asked_at: toTimestamp(Date.now()) });
  run.print(`The run ${plan.run} stops within half a minute. Go on with: ${ways(run, plan.run).resume}`);
  return 0;
}

/** @returns the run, and which execution works it */
async function startOrFind(
  bucket: Bucket,
  executions: Executions,
  task: Exclude<AwsTask, { stop: string }>,
  job: string,
): Promise<[name: string, execution: string]> {
  if ("follow" in task) {
    const remote = new RemoteRun(bucket, { job, run: task.follow });
    const found = await remote.json<{ execution: string }>(names.execution);
    if (found === undefined) throw new StartError(`There is no run ${remote.folder} in the bucket of RUNS_URI.`);
    return [task.follow, found.execution];
  }
  const request = "begin" in task ? task.begin : task.resume;
  const again = nameOfRun(toTimestamp(Date.now()));
  const execution = "begin" in task ? request.run : `${request.run}-${again}`.slice(-80);
  if ((await executions.start(execution, request)) === "exists")
    throw new StartError(`There is another execution ${execution}. Try again in a second.`);
  return [request.run, execution];
}

type Followed = { name: string; execution: string; executions: Executions };

async function follow(remote: RemoteRun, followed: Followed, run: AwsRun): Promise<number> {
  const { name } = followed;
  run.print(`on AWS   execution ${followed.execution}; it goes on without this command`);
  const interrupted = new AbortController();
  return interruptible(
    () => interrupted.abort(),
    async () => {
      const ended = await endOf(remote, followed, run, interrupted.signal);
      if (ended === undefined) {
        const { follow, stop } = ways(run, name);
        console.error(`The run ${name} goes on. Follow it with: ${follow}\nStop it with: ${stop}`);
        return INTERRUPTED;
      }
      if (ended.status !== "SUCCEEDED") return failed(ended, name, run);
      const { path, summary } = await fetchFiles(remote, run);
      return run.conclude(JSON.parse(readFileSync(join(path, summary), "utf8")), path);
    },
  );
}

/** @returns undefined where the operator did not wait for it */
async function endOf(
  remote: RemoteRun,
  { execution, executions }: Followed,
  { itemCount }: AwsRun,
  signal: AbortSignal,
): Promise<Execution | undefined> {
  const display = progressDisplay(itemCount);
  const follower = new RunFollower(remote);
  const began = performance.now();
  try {
    for (let pause = FIRST_LOOK_MS; !signal.aborted; pause = Math.min(LONGEST_PAUSE_MS, pause * 1.5)) {
      const found = await executions.describe(execution);
      if (found === undefined) throw new StartError(`Step Functions knows no execution ${execution}.`);
      if (found.status !== "RUNNING") return found;
      const { itemsRead, learners } = await follower.progress();
      display.update(itemsRead, learners, (performance.now() - began) / 1_000);
      await sleep(pause, undefined, { signal }).catch(() => {});
    }
    return undefined;
  } finally {
    display.stop();
  }
}

function failed({ status, error, cause }: Execution, name: string, run: AwsRun): number {
  if (error === "JobRefused" || error === "RunRefused") throw new StartError(messageIn(cause));
  const why = status === "FAILED" ? messageIn(cause) || error : `The execution is ${status}.`;
  console.error(`${error === "Stopped" ? "" : "error: "}${why}`);
  console.error(`What is done is done. Go on with: ${ways(run, name).resume}`);
  return error === "Stopped" ? INTERRUPTED : 1;
}

/** A function's error is told as JSON, with a stack that is nobody's concern here. */
function messageIn(cause: string): string {
  try {
    const { errorMessage } = JSON.parse(cause) as { errorMessage?: unknown };
    return typeof errorMessage === "string" ? errorMessage : cause;
  } catch {
    return cause;
  }
}

/** They get their names when they are whole, the checkpoint last. */
async function fetchFiles(remote: RemoteRun, { fetch }: AwsRun): Promise<Fetched> {
  const { bucket, folder } = remote;
  const fetched = fetch((await remote.plan()) as Plan);
  const { path, files } = fetched;
  makeFolder(path);
  for (const file of files) {
    await bucket.download(folder + file, join(path, `${file}.new`));
    renameSync(join(path, `${file}.new`), join(path, file));
  }
  return fetched;
}
