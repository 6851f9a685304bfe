import { join, resolve } from "node:path";
import { type Ended, SCRIPTS } from "./commands.ts";
import { cleanEnvironment, type Variables } from "./launch-service.ts";

const PROJECT = resolve(import.meta.dirname, "../../..");

/** What stops a script that ends its process, which here is the test's. */
class Exit extends Error {
  readonly code: number;
  constructor(code: number) {
    super(`Exit ${code}`);
    this.code = code;
  }
}

/** What a program printed, all of it in order, and that of each stream. */
export type EndedHere = Ended & { stdout: string; stderr: string };

let runs = 0;
let before: Promise<unknown> = Promise.resolve();

/**
 * Runs an operator's command to its end inside this process. That it starts as a process, hears signals and can be
 * killed is tried with `command` and `startCommand`.
 */
export const commandHere = (name: keyof typeof SCRIPTS, args: string[], variables: Variables): Promise<EndedHere> =>
  runHere(SCRIPTS[name], args, variables);

/** Runs a program to its end inside this process, whose arguments, environment, output and exit code it has meanwhile. */
export function runHere(source: string, args: string[], variables: Variables = {}): Promise<EndedHere> {
  // There is one environment, so there is one program at a time.
  const ended = before.then(() => run(join(PROJECT, source), args, variables));
  before = ended.catch(() => {});
  return ended;
}

async function run(script: string, args: string[], variables: Variables): Promise<EndedHere> {
  const printed = { output: "", stdout: "", stderr: "" };
  const give = lendProcess((stream, text) => {
    printed.output += text;
    printed[stream] += text;
  });
  process.env = { ...cleanEnvironment(), ...variables };
  process.argv = [process.execPath, script, ...args];
  process.exitCode = undefined;
  try {
    // A module runs once; by another address it runs again, and what it imports does not.
    await import(/* @vite-ignore */ `${script}?run=${++runs}`);
    return { code: Number(process.exitCode ?? 0), signal: null, ...printed };
  } catch (error) {
    if (!(error instanceof Exit)) throw error;
    return { code: error.code, signal: null, ...printed };
  } finally {
    give();
  }
}

type Stream = "stdout" | "stderr";
const STREAM_OF = { log: "stdout", info: "stdout", warn: "stderr", error: "stderr" } as const;
const METHODS = Object.keys(STREAM_OF) as (keyof typeof STREAM_OF)[];

/** Hands what a process has over to somebody else. @returns takes it back */
function lendProcess(print: (stream: Stream, text: string) => void): () => void {
  const { env, argv, exitCode, exit } = process;
  const writes = (["stdout", "stderr"] as const).map((name) => ({ name, write: process[name].write }));
  const printing = METHODS.map((method) => ({ method, printed: console[method] }));
  for (const { name } of writes)
    process[name].write = ((text: string | Uint8Array) => {
      print(name, String(text));
      return true;
    }) as typeof process.stdout.write;
  for (const method of METHODS) console[method] = (line: string) => print(STREAM_OF[method], `${line}\n`);
  process.exit = ((code: number) => {
    throw new Exit(code);
  }) as typeof process.exit;
  return () => {
    for (const { name, write } of writes) process[name].write = write;
    for (const { method, printed } of printing) console[method] = printed;
    Object.assign(process, { env, argv, exit });
    process.exitCode = exitCode;
  };
}
