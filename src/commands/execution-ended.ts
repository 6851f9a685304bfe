import { type Executions, openExecutions } from "../aws/executions.ts";
import type { Environment } from "../process/environment.ts";
import type { HasEnded } from "../service/jobs/lease-table.ts";
import { executionOf } from "../service/jobs/remote/run-lease.ts";

/**
 * Asks Step Functions whether the execution that a lease is of has ended: one that somebody aborts in the console gives
 * nothing back. Of one that it does not know it says nothing, since that may be another deployment's.
 */
export const executionEnded =
  (executions: Executions): HasEnded =>
  async (lease) => {
    const name = executionOf(lease);
    if (name === undefined) return false;
    const found = await executions.describe(name).catch((error: Error) => {
      console.error(`warning: whether the execution ${name} still runs, Step Functions does not say: ${error.message}`);
      return undefined;
    });
    return found !== undefined && found.status !== "RUNNING";
  };

/** The same where nothing is worked on AWS but what others have left there; where no state machine is named, nobody is asked. */
export const endedOnAws =
  ({ jobsStateMachine, endpoints, region, hasCredentials }: Environment): HasEnded =>
  async (lease) => {
    if (jobsStateMachine === undefined || executionOf(lease) === undefined) return false;
    const executions = openExecutions(jobsStateMachine, { region, hasCredentials, endpoint: endpoints.states });
    return executionEnded(executions)(lease).finally(() => executions.close());
  };
