import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type Content, contentFiles } from "../builders/catalogs.ts";
import { holdToContract } from "../oracles/contract.ts";
import { atFileEnd } from "../vitest/file-end.ts";
import { PLANTED, watchOutput } from "../vitest/secrets.ts";
import { cleanEnvironment, type Exit, launchService, type Variables } from "./launch-service.ts";
import { programOf } from "./program.ts";

export type { Exit } from "./launch-service.ts";

/** An answer, its body parsed where it is JSON. */
export type Answer = { status: number; headers: Headers; text: string; body: Json };
// biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape.
export type Json = any;

export type Service = {
  url: string;
  pid: number;
  /** What it printed so far, on standard output and standard error. */
  output(): string;
  /** The JSON lines among what it printed. */
  logs(): Record<string, unknown>[];
  get(path: string, headers?: Record<string, string>): Promise<Answer>;
  /** Sends a JSON value, or a text as it is, to `/events/track`. */
  post(body: unknown, headers?: Record<string, string>): Promise<Answer>;
  /** Sends a signal, SIGTERM by default, and waits for the end. */
  kill(signal?: NodeJS.Signals): Promise<Exit>;
};

/** Whatever a test leaves running, also when it fails, ends with its file. */
const endWithFile = (child: ChildProcess): void => atFileEnd(() => child.kill("SIGKILL"));

/** A new folder that is gone when the test file is over. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "waymark-test-"));
  atFileEnd(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Writes content files, over those that are there. */
export function writeContent(folder: string, content: Content): string {
  for (const { file, text } of contentFiles(content)) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), text);
  }
  return folder;
}

type Run = { child: ChildProcess; output: () => string; exited: Promise<Exit> };

/** Starts a Node program of this project. */
export function run(args: string[], variables: Variables = {}): Run {
  const child = spawn(process.execPath, args, {
    env: { ...cleanEnvironment(), ...variables },
    stdio: ["ignore", "pipe", "pipe"],
  });
  endWithFile(child);
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
  const exited = new Promise<Exit>((done) => child.once("close", (code, signal) => done({ code, signal })));
  return { child, output: () => output, exited };
}

/** Without a store of another kind, one in a new folder. */
const withFolder = (variables: Variables): Variables => ({
  ...variables,
  DATA_DIR: variables.DATA_DIR ?? temporaryFolder(),
});

/** Starts the service in a process of its own, by default with an embedded store in a new folder. */
export async function startService(variables: Variables): Promise<Service> {
  let printed = "";
  const output = () => printed;
  watchOutput(output);
  const { url, child, kill } = await launchService(withFolder(variables), {
    onLine: (line) => {
      printed += `${line}\n`;
    },
    onSpawn: endWithFile,
  });
  return {
    url,
    pid: child.pid as number,
    output,
    logs: () =>
      output()
        .split("\n")
        .filter((line) => line.startsWith("{"))
        .map((line) => JSON.parse(line)),
    get: (path, headers = {}) => request(url, path, { headers }),
    post: (body, headers = {}) =>
      request(url, "/events/track", {
        method: "POST",
        headers: { "Content-Type": "application/json", ...headers },
        body: typeof body === "string" ? body : JSON.stringify(body),
      }),
    kill,
  };
}

/** Starts a service that is expected to refuse, and waits for its end. */
export async function runToEnd(variables: Variables): Promise<Exit & { output: string }> {
  const { exited, output } = run([programOf("src/local/main.ts")], { PORT: "0", ...withFolder(variables) });
  return { ...(await exited), output: output() };
}

/** One HTTP request, its answer held to the contract. */
export async function request(url: string, path: string, init: RequestInit = {}): Promise<Answer> {
  const response = await fetch(`${url}${path}`, init);
  const text = await response.text();
  const { status, headers } = response;
  const contentType = headers.get("content-type") ?? "";
  const body = /json/.test(contentType) && text !== "" ? JSON.parse(text) : undefined;
  holdToContract({ method: init.method ?? "GET", path, status, contentType, body });
  return { status, headers, text, body };
}

/** Waits until a check holds. @throws its last failure, after `timeoutMs`, which no machine that works comes near */
export async function eventually<T>(check: () => T | Promise<T>, timeoutMs = 240_000): Promise<T> {
  for (const deadline = Date.now() + timeoutMs; ; await sleep(25)) {
    try {
      return await check();
    } catch (error) {
      if (Date.now() > deadline) throw error;
    }
  }
}

type Fields = Record<string, unknown>;

/** An event as a page sends it. */
export const event = (name: string, contactId: string, payload: Fields = {}): Fields => ({
  eventName: `learning_${name}`,
  // Beside a contactId the email is not looked at, nor is what the service does not know.
  contactIdentifier: { contactId, email: `${PLANTED}@example.com` },
  note: PLANTED,
  payload,
});
export const completedModule = (contactId: string, module_slug: string, ts = "2026-01-18T10:00:00Z"): Fields =>
  event("module_completed", contactId, { module_slug, ts });
