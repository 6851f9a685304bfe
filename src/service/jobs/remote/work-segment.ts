import { randomUUID } from "node:crypto";
import pLimit from "p-limit";
import type { RunLeases } from "../../../store/run-leases.ts";
import { unitsPerPage } from "../units-per-page.ts";
import { BucketDesk } from "./bucket-desk.ts";
import type { SegmentAnswer, SegmentCall } from "./calls.ts";
import { type Claimed, claimSegment } from "./claim-segment.ts";
import { catalogOf, jobNamed, type Remote, type Time } from "./remote.ts";
import { JobRefused, type RemoteJob } from "./remote-job.ts";
import { type Plan, RemoteRun } from "./remote-run.ts";
import { renewRunLease } from "./run-lease.ts";

/** How soon a segment learns that its run is to stop, or has lost the table to another. */
const LOOK_INTERVAL_MS = 20_000;

/**
 * Works one segment until it is done or the time is up. Whoever calls again with the answer goes on where it stopped;
 * whoever calls again with the same checkpoint, because an answer was lost or is late, changes nothing.
 * @throws JobRefused where there is no such run, or it has lost the table to another
 * @throws AppError STORE_UNAVAILABLE when the store fails for good; what was saved stands
 */
export async function workSegment(call: SegmentCall, remote: Remote, time: Time): Promise<SegmentAnswer> {
  const job = jobNamed(remote, call.job);
  const run = new RemoteRun(remote.bucket, call);
  const plan = await run.plan();
  if (plan === undefined) throw new JobRefused(`There is no run ${run.folder} in the bucket.`);
  const claimed = await claimSegment(run, {
    call,
    worker: randomUUID(),
    until: time.until,
    now: remote.now(),
    emptyTally: job.emptyTally,
  });
  if ("state" in claimed) return claimed;
  return workClaimed(call, { job, run, plan, claimed }, remote, time);
}

type Begun = { job: RemoteJob; run: RemoteRun; plan: Plan; claimed: Claimed };

async function workClaimed(
  call: SegmentCall,
  { job, run, plan, claimed }: Begun,
  remote: Remote,
  { until, signal }: Time,
): Promise<SegmentAnswer> {
  const opened = remote.open();
  const limits = { maxRcu: call.share.max_rcu ?? undefined, maxWcu: call.share.max_wcu ?? undefined };
  const connection = opened.connect("batch", limits);
  const watch = watchRun({ run, plan, call, until }, connection.leases);
  const desk = new BucketDesk<object>({
    run,
    ...claimed,
    signal: AbortSignal.any([signal, watch.signal]),
    limit: pLimit(plan.options.concurrency),
    meter: connection.meter,
    addTally: job.addTally,
    clock: remote.now,
  });
  try {
    await watch.look();
    const catalog = await catalogOf(run, plan, remote);
    const scanner = connection.scanner(unitsPerPage(limits.maxRcu, 1));
    if (!desk.signal.aborted) await job.work({ plan, catalog, bucket: run.bucket, connection, scanner }, desk);
  } finally {
    watch.end();
    // Of a segment that somebody else has, there is nothing to give back.
    await desk.release().finally(() => opened.close());
  }
  if (watch.outcome() === "lost") throw new JobRefused("Another run has taken this table over; this one has stopped.");
  const { done, generation } = desk.record;
  return { ...call, generation, state: stateOf(done, watch.outcome() === "stopped"), wait_seconds: 0 };
}

function stateOf(isDone: boolean, isStopped: boolean): SegmentAnswer["state"] {
  if (isDone) return "done";
  return isStopped ? "stopped" : "working";
}

/** Looks from time to time whether the run may go on, and says to others that it does. */
function watchRun(
  { run, plan, call: { execution }, until }: { run: RemoteRun; plan: Plan; call: SegmentCall; until: number },
  leases: RunLeases,
) {
  const stop = new AbortController();
  let outcome: "lost" | "stopped" | undefined;
  const end = (why: "lost" | "stopped") => {
    outcome = why;
    stop.abort();
  };
  const look = async () => {
    if (await run.isStopped()) end("stopped");
    else if (!plan.options.dryRun && !(await renewRunLease(leases, { plan, execution }, until))) end("lost");
  };
  // The bucket or the table may be away for a while; if they stay away, the work itself says so.
  const timer = setInterval(() => void look().catch(() => {}), LOOK_INTERVAL_MS).unref();
  return { signal: stop.signal, look, end: () => clearInterval(timer), outcome: () => outcome };
}
