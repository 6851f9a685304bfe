import { type Bucket, openBucket } from "../aws/bucket.ts";
import { type Executions, openExecutions } from "../aws/executions.ts";
import type { Environment } from "../process/environment.ts";
import { StartError } from "./start-error.ts";

/** Where a deployment's jobs keep their files, and who works them. */
export type JobsOnAws = { bucket: Bucket; executions: Executions };

/** Does something with a deployment's jobs. @throws StartError where the environment does not say where they are */
export async function withJobsOnAws<T>(environment: Environment, use: (jobs: JobsOnAws) => Promise<T>): Promise<T> {
  const { runsBucket, jobsStateMachine, endpoints, region, hasCredentials } = environment;
  if (runsBucket === undefined || jobsStateMachine === undefined)
    throw new StartError(
      "--on=aws needs RUNS_URI and JOBS_STATE_MACHINE: the outputs RunsUri and JobsStateMachine of the deployment.",
    );
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
