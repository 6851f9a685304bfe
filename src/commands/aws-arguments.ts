import { basename } from "node:path";
import { toTimestamp } from "../model/time.ts";
import type { JobRequest } from "../service/jobs/remote/calls.ts";
import { nameOfRun } from "./name-of-run.ts";
import { StartError } from "./start-error.ts";

/** The command line, of a job that can go on AWS, as the parser gives it. */
export type AwsArguments = {
  on: "here" | "aws";
  segmentsAtOnce?: number;
  follow?: string;
  stop?: string;
  resume?: string;
  maxRcu?: number;
  maxWcu?: number;
  force: boolean;
};

/** Lambda gives an account a thousand functions at once, and learners' events need some. */
const AT_ONCE = 40;
export const SEGMENTS = { here: 4, aws: 100 };

/** @throws StartError */
export function checkAwsArguments({ on, follow, stop, segmentsAtOnce }: AwsArguments): void {
  if (on === "here" && (follow ?? stop ?? segmentsAtOnce) !== undefined)
    throw new StartError("--follow, --stop and --segments-at-once are for runs on AWS: give --on=aws with them.");
}

/** What a command line asks for. @param options of a new run */
export function awsTaskOf(job: string, given: AwsArguments, options: () => object): AwsTask {
  const { follow, stop, resume, maxRcu, maxWcu, segmentsAtOnce, force } = given;
  if (follow !== undefined) return { follow };
  if (stop !== undefined) return { stop };
  const how = { job, at_once: segmentsAtOnce ?? AT_ONCE, max_rcu: maxRcu ?? null, max_wcu: maxWcu ?? null, force };
  if (resume !== undefined) return { resume: { ...how, run: basename(resume) } };
  const start_time = toTimestamp(Date.now());
  return { begin: { ...how, run: nameOfRun(start_time), options: { ...options() }, start_time } };
}

/** What is asked of a job on AWS: a new run, or something about one that is there. */
export type AwsTask = { begin: JobRequest } | { resume: JobRequest } | { follow: string } | { stop: string };
