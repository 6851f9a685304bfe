import { join, resolve } from "node:path";
import { type Ended, SCRIPTS } from "./commands.ts";
import { cleanEnvironment } from "./launch-service.ts";

const PROJECT = resolve(import.meta.dirname, "../../..");
const PRINTING = ["log", "info", "warn", "error"] as const;

/** What stops a script that ends its process, which here is the test's. */
class Exit extends Error {
  readonly code: number;
  constructor(code: number) {
    super(`Exit ${code}`);
    this.code = code;
  }
}

let runs = 0;
let before: Promise<unknown> = Promise.resolve();

/**
 * Runs an operator's command to its end inside this process, whose arguments, environment, output and exit code it has
 * meanwhile. That it starts as a process, hears signals and can be killed is tried with `command` and `startCommand`.
 */
export function commandHere(
  name: keyof typeof SCRIPTS,
  args: string[],
  variables: Record<string, string>,
): Promise<Ended> {
  // There is one environment, so there is one command at a time.
  const ended = before.then(() => run(join(PROJECT, SCRIPTS[name]), args, variables));
  before = ended.catch(() => {});
  return ended;
}

async function run(script: string, args: string[], variables: Record<string, string>): Promise<Ended> {
  let output = "";
  const give = lendProcess((text) => {
    output += text;
  });
  process.env = { ...cleanEnvironment(), ...variables };
  process.argv = [process.execPath, script, ...args];
  process.exitCode = undefined;
  try {
    // A module runs once; by another address it runs again, and what it imports does not.
    await import(/* @vite-ignore */ `${script}?run=${++runs}`);
    return { code: Number(process.exitCode ?? 0), signal: null, output };
  } catch (error) {
    if (!(error instanceof Exit)) throw error;
    return { code: error.code, signal: null, output };
  } finally {
    give();
  }
}

/** Hands what a process has over to somebody else. @returns takes it back */
function lendProcess(print: (text: string) => void): () => void {
  const { env, argv, exitCode, exit } = process;
  const writes = [process.stdout, process.stderr].map((stream) => ({ stream, write: stream.write }));
  const printing = PRINTING.map((method) => ({ method, print: console[method] }));
  for (const { stream } of writes)
    stream.write = ((text: string | Uint8Array) => {
      print(String(text));
      return true;
    }) as typeof stream.write;
  for (const { method } of printing) console[method] = (line: string) => print(`${line}\n`);
  process.exit = ((code: number) => {
    throw new Exit(code);
  }) as typeof process.exit;
  return () => {
    for (const { stream, write } of writes) stream.write = write;
    for (const { method, print: printed } of printing) console[method] = printed;
    Object.assign(process, { env, argv, exit });
    process.exitCode = exitCode;
  };
}
