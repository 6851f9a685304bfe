import pLimit from "p-limit";
import { toTimestamp } from "../../../model/time.ts";
import type { Meter } from "../../../store/usage.ts";
import { assemble } from "./assemble.ts";
import type { FinishCall, Finished } from "./calls.ts";
import { catalogOf, jobNamed, type Remote } from "./remote.ts";
import { JobRefused, type RemoteJob } from "./remote-job.ts";
import { names, type Plan, RemoteRun, type SegmentRecord } from "./remote-run.ts";
import { releaseRunLease } from "./run-lease.ts";

const AT_ONCE = 32;
const SHOWN = 20;

/** Puts a run's files together once all its segments are done, and gives the table back in any case. */
export async function finishRun(call: FinishCall, remote: Remote): Promise<Finished> {
  const run = new RemoteRun(remote.bucket, call);
  const plan = await run.plan();
  if (plan === undefined) throw new JobRefused(`There is no run ${run.folder} in the bucket.`);
  const opened = remote.open();
  try {
    const { leases } = opened.connect("page");
    const outcome = await finished(run, plan, remote);
    if (!plan.options.dryRun) await releaseRunLease(leases, { plan, execution: call.execution });
    return outcome;
  } finally {
    await opened.close();
  }
}

async function finished(run: RemoteRun, plan: Plan, remote: Remote): Promise<Finished> {
  const isFinished = (await run.json<{ finished: boolean }>(names.checkpoint))?.finished;
  if (!isFinished) {
    const records = await recordsOf(run, plan.options.segments);
    const open = records.filter((record): record is number => typeof record === "number");
    if (open.length > 0) return notDone(open, await run.isStopped());
    await putTogether(run, plan, records as SegmentRecord[], remote);
  }
  await run.removeWork();
  return { state: "done" };
}

/** A record for each segment that is done, and the number of each that is not. */
async function recordsOf(run: RemoteRun, count: number): Promise<(SegmentRecord | number)[]> {
  const limit = pLimit(AT_ONCE);
  const read = async (segment: number) => {
    const found = await run.segment(segment);
    return found?.record.done ? found.record : segment;
  };
  return Promise.all(Array.from({ length: count }, (_, segment) => limit(read, segment)));
}

function notDone(open: readonly number[], isStopped: boolean): Finished {
  const unfinished = open.slice(0, SHOWN);
  const named = `${unfinished.join(", ")}${open.length > SHOWN ? ", …" : ""}`;
  return {
    state: isStopped ? "stopped" : "unfinished",
    unfinished,
    count: open.length,
    message: isStopped
      ? `The run was stopped; ${open.length} segments are not done.`
      : `${open.length} segments failed for good: ${named}. The segment function's log says why.`,
  };
}

async function putTogether(
  run: RemoteRun,
  plan: Plan,
  records: readonly SegmentRecord[],
  remote: Remote,
): Promise<void> {
  const job: RemoteJob = jobNamed(remote, plan.job);
  const { summary, changes, failures } = job.files(plan);
  if (changes !== undefined) await assemble(run, "changes", changes, records);
  await assemble(run, "failures", failures, records);
  const tally = job.emptyTally();
  for (const record of records) job.addTally(tally, record.tally as object);
  const consumed = records.reduce<Meter>(
    (sum, { consumed: { rcu, wcu } }) => ({ rcu: sum.rcu + rcu, wcu: sum.wcu + wcu }),
    { rcu: 0, wcu: 0 },
  );
  const now = remote.now();
  const seconds = (now - Date.parse(plan.startTime)) / 1_000;
  const catalog = await catalogOf(run, plan, remote);
  await run.write(summary, job.summarize(plan, { tally, consumed, endTime: toTimestamp(now), seconds, catalog }));
  // It comes last: whoever finds it finds all of them.
  const { job: kind, ...begun } = plan;
  await run.write(names.checkpoint, { ...begun, kind, seconds, consumed, tally, segments: {}, finished: true });
}
