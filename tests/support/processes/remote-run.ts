import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll } from "vitest";
import { type JobFunctions, jobMachine } from "../../../infra/job-machine.ts";
import { type Bucket, openBucket } from "../../../src/aws/bucket.ts";
import type { Catalog } from "../../../src/catalog/catalog.ts";
import { FinishCall, JobRequest, PlanCall, SegmentCall } from "../../../src/service/jobs/remote/calls.ts";
import { finishRun } from "../../../src/service/jobs/remote/finish-run.ts";
import { planRun } from "../../../src/service/jobs/remote/plan-run.ts";
import type { Remote } from "../../../src/service/jobs/remote/remote.ts";
import { finalNames, type Plan } from "../../../src/service/jobs/remote/remote-run.ts";
import { workSegment } from "../../../src/service/jobs/remote/work-segment.ts";
import { REMOTE_JOBS } from "../../../src/service/jobs/remote-jobs.ts";
import { BACKFILL_FILES, type FileNames } from "../../../src/service/jobs/run-folder.ts";
import type { Scanner } from "../../../src/store/scanner.ts";
import type { Store } from "../../../src/store/store.ts";
import { type BucketStub, startBucket } from "../fakes/s3-bucket.ts";
import { type Ended, runMachine } from "../states/run-machine.ts";
import { RUN_AT, runsFolder } from "./backfill.ts";
import type { StoreUnderTest } from "./store-under-test.ts";

export const FUNCTIONS: JobFunctions = {
  plan: "arn:aws:lambda:eu-west-1:123456789012:function:waymark-job-plan",
  segment: "arn:aws:lambda:eu-west-1:123456789012:function:waymark-job-segment",
  finish: "arn:aws:lambda:eu-west-1:123456789012:function:waymark-job-finish",
};
export const MACHINE = jobMachine(FUNCTIONS);
type FunctionName = keyof JobFunctions;

/** As long as Lambda lets a function run. */
export const LIMIT_MS = 15 * 60_000;

/** A bucket of the tests around it. @returns gives it, inside tests and hooks */
export function bucketForFile(): () => { stub: BucketStub; bucket: Bucket } {
  let opened: { stub: BucketStub; bucket: Bucket };
  beforeAll(async () => {
    const stub = await startBucket();
    opened = {
      stub,
      bucket: openBucket({ bucket: "runs", prefix: "" }, { endpoint: stub.endpoint, region: "eu-west-1" }),
    };
  });
  afterAll(async () => {
    opened?.bucket.close();
    await opened?.stub.close();
  });
  return () => opened;
}

/** What one invocation works with: its own store and scanner, which may die, and when it is told to stop. */
export type Invocation = { store?: Store; scanner?: Scanner; bucket?: Bucket; signal?: AbortSignal };

/**
 * The functions of a job in this process, on a store and a bucket of a test.
 * @param secondsPerLook how far the clock goes on whenever somebody looks; else it stands until time is let go by
 */
export function functionsOn(
  opened: StoreUnderTest,
  bucket: Bucket,
  catalog: Catalog | (() => Catalog),
  { secondsPerLook = 0, target = "test", from = Date.parse(RUN_AT) } = {},
) {
  let now = from;
  const remote = ({ store = opened.store, scanner = opened.scanner(), bucket: own = bucket }: Invocation): Remote => ({
    jobs: REMOTE_JOBS,
    bucket: own,
    open: () => ({
      connect: () => ({
        store,
        leases: opened.leases,
        meter: { rcu: 0, wcu: 0 },
        durable: async () => {},
        scanner: () => scanner,
      }),
      prepare: async () => {},
      description: "test",
      target,
      close: async () => {},
    }),
    catalog: async () => (typeof catalog === "function" ? catalog() : catalog),
    now() {
      now += secondsPerLook * 1_000;
      return now;
    },
  });
  const call = (name: FunctionName, input: unknown, given: Invocation = {}): Promise<unknown> => {
    const time = { until: now + LIMIT_MS, signal: given.signal ?? new AbortController().signal };
    if (name === "plan") return planRun(PlanCall.parse(input), remote(given), time);
    if (name === "segment") return workSegment(SegmentCall.parse(input), remote(given), time);
    return finishRun(FinishCall.parse(input), remote(given));
  };
  return {
    call,
    /** Lets time go by. */
    pass(seconds: number) {
      now += seconds * 1_000;
    },
  };
}
export type Functions = ReturnType<typeof functionsOn>;

export const nameOf = (resource: string): FunctionName =>
  (Object.keys(FUNCTIONS) as FunctionName[]).find((name) => FUNCTIONS[name] === resource) as FunctionName;

/** What a command would start an execution with. */
export const requestOf = (options: object, more: Partial<JobRequest> = {}): JobRequest =>
  JobRequest.parse({
    job: "backfill",
    run: `run-${randomUUID()}`,
    options,
    start_time: RUN_AT,
    at_once: 2,
    max_rcu: null,
    max_wcu: null,
    force: false,
    ...more,
  });

/** Runs an execution; `invoke` may do something else than call the function. */
export const execute = (
  request: JobRequest,
  functions: Functions,
  invoke: (name: FunctionName, input: unknown) => Promise<unknown> = functions.call,
): Promise<Ended> =>
  runMachine(MACHINE, request, {
    name: `${request.run}-${randomUUID().slice(0, 4)}`,
    invoke: (resource, input) => invoke(nameOf(resource), input),
    wait: async (seconds) => functions.pass(seconds),
  });

/** What lies in a folder when a run is over: the text of each of its files. */
export const filesIn = (folder: string, files: FileNames = BACKFILL_FILES): Record<string, string> =>
  Object.fromEntries(finalNames(files).map((name) => [name, readFileSync(join(folder, name), "utf8")]));

/** Fetches the files of a run that is over. */
export async function fetched(
  bucket: Bucket,
  { job, run, options }: Pick<JobRequest, "job" | "run" | "options">,
): Promise<string> {
  const folder = runsFolder();
  const { files } = REMOTE_JOBS[job] as NonNullable<(typeof REMOTE_JOBS)[string]>;
  for (const name of finalNames(files({ options: options as Plan["options"] })))
    await bucket.download(`${job}/${run}/${name}`, join(folder, name));
  return folder;
}
