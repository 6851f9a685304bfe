import type { Context } from "aws-lambda";
import { openBucket } from "../aws/bucket.ts";
import { readEnvironment } from "../process/environment.ts";
import {
  FinishCall,
  type Finished,
  PlanCall,
  type Planned,
  type SegmentAnswer,
  SegmentCall,
} from "../service/jobs/remote/calls.ts";
import { finishRun } from "../service/jobs/remote/finish-run.ts";
import { planRun } from "../service/jobs/remote/plan-run.ts";
import type { Remote, Time } from "../service/jobs/remote/remote.ts";
import { workSegment } from "../service/jobs/remote/work-segment.ts";
import { REMOTE_JOBS } from "../service/jobs/remote-jobs.ts";
import { openDynamoStore } from "../store/dynamodb/open.ts";
import { START_WAIT_MS } from "./catalog.ts";
import { openLambda } from "./open-lambda.ts";
import { startOrEnd } from "./start-or-end.ts";

/** What is in hand is finished in that time, and what has been done is saved. */
const STOPS_BEFORE_END_MS = 60_000;

const nowhere = "RUNS_URI: the files of a run must go somewhere; set s3:// and the name of a bucket";
const { environment, log, catalog } = startOrEnd(() => {
  const environment = readEnvironment();
  return { environment, ...openLambda(environment, environment.runsBucket ? [] : [nowhere]) };
});
const { store: target, runsBucket, endpoints, region, hasCredentials, tablePrefix } = environment;
const place = { region, hasCredentials };

const remote: Remote = {
  jobs: REMOTE_JOBS,
  bucket: openBucket(runsBucket ?? { bucket: "", prefix: "" }, { ...place, endpoint: endpoints.s3 }),
  open: () =>
    openDynamoStore({ ...place, endpoint: target.kind === "endpoint" ? target.address : undefined }, tablePrefix),
  async catalog() {
    await catalog.freshen(START_WAIT_MS);
    return catalog.current();
  },
  now: Date.now,
};

function timeOf(context: Context): Time {
  log.addContext(context);
  const left = Math.floor(context.getRemainingTimeInMillis());
  return { until: Date.now() + left, signal: AbortSignal.timeout(Math.max(0, left - STOPS_BEFORE_END_MS)) };
}

// Three functions of one bundle, which Step Functions calls; infra/job-machine.ts says in which order.

export const plan = (event: unknown, context: Context): Promise<Planned> =>
  planRun(PlanCall.parse(event), remote, timeOf(context));

export const segment = async (event: unknown, context: Context): Promise<SegmentAnswer> => {
  const time = timeOf(context);
  const answer = await workSegment(SegmentCall.parse(event), remote, time);
  const { job, run, segment: number, generation, state } = answer;
  log.info("Segment", { job, run, segment: number, generation, state });
  return answer;
};

export const finish = (event: unknown, context: Context): Promise<Finished> => {
  log.addContext(context);
  return finishRun(FinishCall.parse(event), remote);
};
