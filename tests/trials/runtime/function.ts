import { spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { type Outcome, type ReportedError, startRuntimeApi } from "./runtime-api.ts";

export type LambdaFunction = {
  /** Milliseconds from the start of the process until it asked for its first event. */
  initMs: number;
  /** Milliseconds of processor time until then, in all its threads: other work on the machine hardly touches it. */
  initCpuMs: number;
  /** Milliseconds of processor time until now, as `initCpuMs`. */
  cpuMs(): number;
  invoke(event: unknown): Promise<Outcome>;
  output(): string;
  stop(): Promise<void>;
};

type Options = {
  /** AWS's runtime client. */
  client: string;
  /** The unpacked package of the function. */
  folder: string;
  /** As its configuration has it: `index.handler`. */
  handler: string;
  variables?: Record<string, string>;
};

/** A function's start ended with an error, as the runtime reports it. */
export class InitError extends Error {
  readonly reported: ReportedError;
  constructor(reported: ReportedError, output: string) {
    super(`${reported.errorType}: ${reported.errorMessage}\n${output}`);
    this.reported = reported;
  }
}

/** Starts a function as Lambda does. @throws InitError */
export async function startFunction({ client, folder, handler, variables = {} }: Options): Promise<LambdaFunction> {
  const api = await startRuntimeApi();
  const begin = performance.now();
  const child = spawn(process.execPath, [client, handler], {
    cwd: folder,
    env: {
      PATH: process.env.PATH,
      LAMBDA_TASK_ROOT: folder,
      _HANDLER: handler,
      AWS_LAMBDA_RUNTIME_API: api.address,
      AWS_REGION: "eu-central-1",
      AWS_ACCESS_KEY_ID: "test",
      AWS_SECRET_ACCESS_KEY: "test",
      AWS_LAMBDA_FUNCTION_NAME: "waymark",
      AWS_LAMBDA_FUNCTION_VERSION: "1",
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: "512",
      AWS_LAMBDA_LOG_GROUP_NAME: "/aws/lambda/waymark",
      AWS_LAMBDA_LOG_STREAM_NAME: "1",
      ...variables,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
  const ended = new Promise<void>((done) => child.once("close", () => done()));
  const stop = async () => {
    child.kill("SIGKILL");
    await ended;
    api.close();
  };
  const diedEarly = ended.then(() => ({ error: { errorType: "Exit", errorMessage: "The process ended" } }));
  const started = await Promise.race([api.started, diedEarly]);
  if ("error" in started) {
    await stop();
    throw new InitError(started.error, output);
  }
  const initMs = started.at - begin;
  const pid = child.pid as number;
  const initCpuMs = cpuMs(pid);
  return { initMs, initCpuMs, cpuMs: () => cpuMs(pid), invoke: api.invoke, output: () => output, stop };
}

function cpuMs(pid: number): number {
  const nanoseconds = readdirSync(`/proc/${pid}/task`).map((thread) =>
    Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, "utf8").split(" ")[0]),
  );
  return nanoseconds.reduce((sum, each) => sum + each, 0) / 1e6;
}
