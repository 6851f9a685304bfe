import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { programOf } from "./program.ts";

const MAIN = "src/local/main.ts";
const ADDRESS = /Waymark listens at (http:\S+)/;
/** For a service that hangs. One that is merely slow on a busy machine starts much sooner. */
const START_TIMEOUT_MS = 180_000;

export type Variables = Record<string, string>;
export type Exit = { code: number | null; signal: NodeJS.Signals | null };

export type Launched = {
  url: string;
  child: ChildProcess;
  exited: Promise<Exit>;
  /** Sends a signal, SIGTERM by default, and waits for the end. */
  kill(signal?: NodeJS.Signals): Promise<Exit>;
};

export type LaunchOptions = {
  /** Arguments of Node before the program's name. */
  nodeOptions?: readonly string[];
  /** Gets each line of what it prints, on standard output and standard error. */
  onLine?: (line: string) => void;
  /** Gets the process at once, so that it can be ended when it does not come up. */
  onSpawn?: (child: ChildProcess) => void;
};

/** The environment of this process without the variables that a service reads. */
export const cleanEnvironment = (): NodeJS.ProcessEnv =>
  Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) =>
        !/^(AWS_|POWERTOOLS_|AUTH_|CATALOG_|ALLOWED_ORIGINS$|DEAD_LETTER_QUEUE_URL$|PORT$|STORE$|CONTENT_DIR$|DATA_DIR$|PAGES$|TABLE_PREFIX$|LOG_LEVEL$|NODE_ENV$)/.test(
          name,
        ),
    ),
  );

/**
 * Starts the service as `npm start` does, in a process of its own and at a free port where `variables` names none.
 * Tests, benchmarks and trials all start it here.
 * @throws Error with what it printed, when it ends or hangs before it listens
 */
export async function launchService(variables: Variables, options: LaunchOptions = {}): Promise<Launched> {
  const { nodeOptions = [], onLine = () => {}, onSpawn = () => {} } = options;
  const child = spawn(process.execPath, [...nodeOptions, programOf(MAIN)], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...cleanEnvironment(), PORT: "0", ...variables },
  });
  onSpawn(child);
  const exited = new Promise<Exit>((done) => child.once("close", (code, signal) => done({ code, signal })));
  const url = await new Promise<string>((done, failed) => {
    let printed: string[] = [];
    const fail = (why: string) => failed(new Error(`The service ${why}:\n${printed.join("\n")}`));
    const late = setTimeout(() => fail("did not start"), START_TIMEOUT_MS).unref();
    void exited.then(() => fail("ended"));
    let isListening = false;
    const take = (line: string) => {
      onLine(line);
      if (isListening) return;
      printed.push(line);
      const address = ADDRESS.exec(line)?.[1];
      if (address === undefined) return;
      isListening = true;
      printed = [];
      clearTimeout(late);
      done(address);
    };
    for (const stream of [child.stdout, child.stderr]) createInterface(stream).on("line", take);
  });
  return {
    url,
    child,
    exited,
    kill(signal = "SIGTERM") {
      child.kill(signal);
      return exited;
    },
  };
}
