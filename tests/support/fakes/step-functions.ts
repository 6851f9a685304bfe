import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Machine } from "../../../infra/job-machine.ts";
import { type Ended, runMachine } from "../states/run-machine.ts";
import { atFileEnd } from "../vitest/file-end.ts";

export type StepFunctionsStub = {
  endpoint: string;
  stateMachineArn: string;
  /** What was asked of it, such as `StartExecution`. */
  requests: string[];
  /** Of all executions, in the order in which they were started. */
  names(): string[];
  /** Ends an execution as the console does; what its functions are at, they go on with. */
  abort(name: string): void;
};

type Kept = { input: string; ended: Ended | { status: "ABORTED" } | undefined };
type Asked = { stateMachineArn?: string; executionArn?: string; name?: string; input?: string };

const STATE_MACHINE = "arn:aws:states:eu-west-1:123456789012:stateMachine:waymark-jobs";

/** Speaks as much of Step Functions as a command needs, and runs executions in this process; gone when the file is over. */
export async function startStepFunctions(
  machine: Machine,
  invoke: (resource: string, input: unknown) => Promise<unknown>,
): Promise<StepFunctionsStub> {
  const executions = new Map<string, Kept>();
  const requests: string[] = [];

  const start = ({ stateMachineArn, name = "", input = "" }: Asked): object | string => {
    if (stateMachineArn !== STATE_MACHINE) return "StateMachineDoesNotExist";
    const found = executions.get(name);
    if (found !== undefined && found.input !== input) return "ExecutionAlreadyExists";
    if (found === undefined) {
      const kept: Kept = { input, ended: undefined };
      executions.set(name, kept);
      void runMachine(machine, JSON.parse(input), { name, invoke, wait: async () => {} }).then((ended) => {
        kept.ended ??= ended;
      });
    }
    return { executionArn: arnOf(name), startDate: 0 };
  };
  const abort = (name: string) => {
    const kept = executions.get(name);
    if (kept !== undefined) kept.ended = { status: "ABORTED" };
  };
  const arnOf = (name: string) => `${STATE_MACHINE.replace(":stateMachine:", ":execution:")}:${name}`;
  const describe = ({ executionArn = "" }: Asked): object | string => {
    const found = [...executions].find(([name]) => arnOf(name) === executionArn)?.[1];
    if (found === undefined) return "ExecutionDoesNotExist";
    const { ended } = found;
    const how = ended?.status === "FAILED" && { error: ended.error, cause: ended.cause };
    return { executionArn, stateMachineArn: STATE_MACHINE, startDate: 0, status: ended?.status ?? "RUNNING", ...how };
  };

  const respond = async (incoming: IncomingMessage, outgoing: ServerResponse) => {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    const asked = JSON.parse(Buffer.concat(chunks).toString()) as Asked;
    const operation = String(incoming.headers["x-amz-target"]).replace("AWSStepFunctions.", "");
    requests.push(operation);
    const known = { StartExecution: start, DescribeExecution: describe }[operation];
    const answer = known?.(asked) ?? "UnknownOperationException";
    const head = { "Content-Type": "application/x-amz-json-1.0" };
    if (typeof answer === "string")
      outgoing.writeHead(400, head).end(JSON.stringify({ __type: answer, message: answer }));
    else outgoing.writeHead(200, head).end(JSON.stringify(answer));
  };
  const server = createServer((incoming, outgoing) => void respond(incoming, outgoing));
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  atFileEnd(() => {
    server.closeAllConnections();
    server.close();
  });
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { endpoint, stateMachineArn: STATE_MACHINE, requests, names: () => [...executions.keys()], abort };
}
