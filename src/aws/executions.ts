import { DescribeExecutionCommand, SFNClient, StartExecutionCommand } from "@aws-sdk/client-sfn";
import { connectionTo, type Place } from "./connection.ts";

const REQUEST_TIMEOUT_MS = 10_000;
const MAX_ATTEMPTS = 5;

/** How an execution stands; `cause` is what its last state said. */
export type Execution = {
  status: "RUNNING" | "SUCCEEDED" | "FAILED" | "TIMED_OUT" | "ABORTED";
  error: string;
  cause: string;
};

/** The executions of one state machine, by their names. */
export type Executions = {
  /** Starting the same once more is no second start. @returns "exists" where another has the name */
  start(name: string, input: object): Promise<"started" | "exists">;
  /** @returns undefined where there is none of that name, or no longer */
  describe(name: string): Promise<Execution | undefined>;
  close(): void;
};

/** @throws what Step Functions answers, after a few attempts */
export function openExecutions(stateMachineArn: string, place: Place): Executions {
  const client = new SFNClient({ maxAttempts: MAX_ATTEMPTS, ...connectionTo(place, REQUEST_TIMEOUT_MS) });
  const arnOf = (name: string) => `${stateMachineArn.replace(":stateMachine:", ":execution:")}:${name}`;
  const where =
    <T>(errorName: string, outcome: T) =>
    (error: Error): T => {
      if (error.name !== errorName) throw error;
      return outcome;
    };
  return {
    async start(name, input) {
      const request = new StartExecutionCommand({ stateMachineArn, name, input: JSON.stringify(input) });
      return client
        .send(request)
        .then(() => "started" as const)
        .catch(where("ExecutionAlreadyExists", "exists" as const));
    },

    async describe(name) {
      const request = new DescribeExecutionCommand({ executionArn: arnOf(name) });
      const found = await client.send(request).catch(where("ExecutionDoesNotExist", undefined));
      if (found === undefined) return undefined;
      const { status, error = "", cause = "" } = found;
      // One that waits for somebody to mend what it failed by is asked to be gone on with by us.
      return { status: (status === "PENDING_REDRIVE" ? "RUNNING" : status) as Execution["status"], error, cause };
    },

    close: () => client.destroy(),
  };
}
