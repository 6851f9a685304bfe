import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { openConnection } from "./connection.ts";
import { npmScript } from "./npm-script.ts";

export type Server = {
  url: string;
  /** Milliseconds from the start of the process to its first answer. */
  startMs: number;
  megabytes(): number;
  stop(): Promise<void>;
};

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** Starts the service with the options of Node's that `npm start` gives it. */
export const startService = (variables: Record<string, string>): Promise<Server> =>
  startServer(npmScript("start"), variables);

/** Starts a program that says where it listens. */
export async function startServer(program: readonly string[], variables: Record<string, string>): Promise<Server> {
  const began = performance.now();
  const child = spawn(process.execPath, program, {
    cwd: ROOT,
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, PORT: "0", LOG_LEVEL: "WARN", ...variables },
  });
  const url = await new Promise<string>((done, failed) => {
    child.once("exit", () => failed(new Error("The service ended")));
    createInterface(child.stdout).on("line", (line) => {
      const address = /listens at (http:\S+)/.exec(line)?.[1];
      if (address !== undefined) done(address);
    });
  });
  await (await fetch(`${url}/health`)).arrayBuffer();
  return {
    url,
    startMs: performance.now() - began,
    megabytes: () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, "utf8"))?.[1]) / 1_024,
    async stop() {
      const ended = new Promise((done) => child.once("exit", done));
      child.kill("SIGTERM");
      await ended;
    },
  };
}

/** Sends bodies over some connections, each as soon as its last was answered. @returns milliseconds for all of them */
export async function sendAll(url: string, bodies: readonly Buffer[], connections: number): Promise<number> {
  const waiting = [...bodies].reverse();
  const open = await Promise.all(Array.from({ length: connections }, () => openConnection(url, "/events/track")));
  const began = performance.now();
  await Promise.all(
    open.map(async (connection) => {
      for (let body = waiting.pop(); body !== undefined; body = waiting.pop()) {
        const answer = await connection.post(body);
        if (answer.includes('"error"')) throw new Error(answer.slice(0, 500));
      }
    }),
  );
  const passed = performance.now() - began;
  for (const connection of open) connection.close();
  return passed;
}

/** Asks one path after another over each of some connections, while `until` is not over. @returns milliseconds of each */
export async function readAll(
  url: string,
  paths: readonly string[],
  connections: number,
  until: Promise<unknown>,
): Promise<number[]> {
  const times: number[] = [];
  let isOver = false;
  void until.finally(() => {
    isOver = true;
  });
  const open = await Promise.all(Array.from({ length: connections }, () => openConnection(url, "/")));
  await Promise.all(
    open.map(async (connection, offset) => {
      for (let each = offset; !isOver; each++) {
        const began = performance.now();
        await connection.get(paths[each % paths.length] as string);
        times.push(performance.now() - began);
      }
    }),
  );
  for (const connection of open) connection.close();
  return times;
}
