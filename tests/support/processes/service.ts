import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll } from "vitest";
import { type Content, contentFiles } from "../builders/catalogs.ts";
import { holdToContract } from "../oracles/contract.ts";
import { PLANTED, watchOutput } from "../vitest/secrets.ts";

const START_TIMEOUT_MS = 20_000;
const ADDRESS = /Waymark listens at (http:\S+)/;

type Variables = Record<string, string>;
export type Exit = { code: number | null; signal: NodeJS.Signals | null };
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

const running = new Set<ChildProcess>();
const folders: string[] = [];

// Whatever a test leaves behind, also when it fails, ends with its file.
afterAll(() => {
  for (const child of running) child.kill("SIGKILL");
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** A new folder that is gone when the test file is over. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "waymark-test-"));
  folders.push(folder);
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

/** The environment of this process without the variables that a service reads. */
const cleanEnvironment = (): NodeJS.ProcessEnv =>
  Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) =>
        !/^(AWS_|POWERTOOLS_|AUTH_|CATALOG_|ALLOWED_ORIGINS$|DEAD_LETTER_QUEUE_URL$|PORT$|STORE$|CONTENT_DIR$|DATA_DIR$|TABLE_PREFIX$|LOG_LEVEL$|NODE_ENV$)/.test(
          name,
        ),
    ),
  );

type Run = { child: ChildProcess; output: () => string; exited: Promise<Exit> };

/** Starts a Node program of this project. */
export function run(args: string[], variables: Variables = {}): Run {
  const child = spawn(process.execPath, args, {
    env: { ...cleanEnvironment(), ...variables },
    stdio: ["ignore", "pipe", "pipe"],
  });
  running.add(child);
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
  const exited = new Promise<Exit>((done) =>
    child.once("close", (code, signal) => {
      running.delete(child);
      done({ code, signal });
    }),
  );
  return { child, output: () => output, exited };
}

const runService = (variables: Variables) =>
  run(["src/local/main.ts"], { PORT: "0", DATA_DIR: variables.DATA_DIR ?? temporaryFolder(), ...variables });

/** Starts the service in a process of its own, by default with an embedded store in a new folder. */
export async function startService(variables: Variables): Promise<Service> {
  const { child, output, exited } = runService(variables);
  watchOutput(output);
  let exit: Exit | undefined;
  void exited.then((result) => {
    exit = result;
  });
  for (const deadline = Date.now() + START_TIMEOUT_MS; !ADDRESS.test(output()); await sleep(10))
    if (exit !== undefined || Date.now() > deadline) throw new Error(`The service did not start:\n${output()}`);
  const url = ADDRESS.exec(output())?.[1] as string;

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
    kill(signal = "SIGTERM") {
      child.kill(signal);
      return exited;
    },
  };
}

/** Starts a service that is expected to refuse, and waits for its end. */
export async function runToEnd(variables: Variables): Promise<Exit & { output: string }> {
  const { exited, output } = runService(variables);
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

/** Waits until a check holds. @throws its last failure, after `timeoutMs` */
export async function eventually<T>(check: () => T | Promise<T>, timeoutMs = 5_000): Promise<T> {
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
