import { fork, spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

/** A process beside this one that answers one question at a time. */
export type Worker<Question, Answer> = { ask(question: Question): Promise<Answer>; stop(): void };

const path = (file: string) => fileURLToPath(new URL(file, import.meta.url));

/** Starts a file of this folder that calls `answer`. */
export function startWorker<Question, Answer>(file: string): Worker<Question, Answer> {
  const child = fork(path(file), { stdio: ["ignore", "inherit", "inherit", "ipc"] });
  return {
    ask: (question) =>
      new Promise((done, failed) => {
        const ended = () => failed(new Error(`${file} ended`));
        child.once("exit", ended);
        child.once("message", (message) => {
          child.off("exit", ended);
          done(message as Answer);
        });
        child.send(question as object);
      }),
    stop: () => void child.kill(),
  };
}

/** In the other process: answers until the benchmark is over. */
export function answer<Question, Answer>(reply: (question: Question) => Promise<Answer>): void {
  process.on("message", async (question) => process.send?.(await reply(question as Question)));
  process.on("disconnect", () => process.exit(0));
}

/** Runs a file, of this folder if its path is relative, in a fresh process and reads the number that it prints. */
export function numberFrom(file: string, args: string[], env: Record<string, string> = {}): number {
  const { status, stdout, stderr } = spawnSync(process.execPath, [path(file), ...args], {
    encoding: "utf8",
    // A cache of compiled code would make every process but the first less than fresh.
    env: { ...process.env, NODE_COMPILE_CACHE: undefined, ...env },
  });
  if (status !== 0) throw new Error(`${file} failed: ${stderr}`);
  return Number(stdout.trim());
}
