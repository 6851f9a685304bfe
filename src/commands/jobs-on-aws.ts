import { type Bucket, openBucket } from "../aws/bucket.ts";
import { type Executions, openExecutions } from "../aws/executions.ts";
import type { Environment } from "../process/environment.ts";
import { StartError } from "./start-error.ts";

/** Where a deployment's jobs keep their files, and who works them. */
export type JobsOnAws = { bucket: Bucket; executions: Executions };

/** @throws StartError where the environment does not say where a deployment's jobs are */
export function placeOfJobs({ runsBucket, jobsStateMachine }: Environment) {
  if (runsBucket === undefined || jobsStateMachine === undefined)
    throw new StartError(
      "--on=aws needs RUNS_URI and JOBS_STATE_MACHINE: the outputs RunsUri and JobsStateMachine of the deployment.",
    );
  return { runsBucket, jobsStateMachine };
}

/** Does something with a deployment's jobs. @throws StartError */
export async function withJobsOnAws<T>(environment: Environment, use: (jobs: JobsOnAws) => Promise<T>): Promise<T> {
  const { endpoints, region, hasCredentials } = environment;
  const { runsBucket, jobsStateMachine } = placeOfJobs(environment);
  const place = { region, hasCredentials };
  const bucket = openBucket(runsBucket, { ...place, endpoint: endpoints.s3 });
  const executions = openExecutions(jobsStateMachine, { ...place, endpoint: endpoints.states });
  try {
    return await use({ bucket, executions });
  } finally {
    bucket.close();
    executions.close();
  }
}
