import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { leaksIn } from "../oracles/leaks.ts";
import { type Launched, launchService } from "./launch-service.ts";

const LOG_TIMEOUT_MS = 240_000;
const KEPT_LINES = 20;
/** A stack, or a place in the source. */
const INSIDES = /\\n\s+at |^\s+at |node_modules|node:internal|\.ts:\d+/;

/** What a service's log says that it should not, over all its lives. The log itself is too long to keep. */
export type LogFindings = {
  lines: number;
  warnings: number;
  /** Requests that a store, which here shares the service's process and its pains, did not take in time. */
  unavailable: number;
  errors: string[];
  leaks: string[];
  insides: string[];
};

export type RestartableService = {
  url: string;
  findings: LogFindings;
  /** How often it was started, the first time not counted. */
  restarts(): number;
  isRunning(): boolean;
  start(): Promise<void>;
  kill(signal: NodeJS.Signals): Promise<void>;
  /** Megabytes that it has in memory; undefined while it does not run, or where that cannot be told. */
  memory(): number | undefined;
  /** The log's line of a request; only of the last ones, and only while it is asked for. */
  logged(requestId: string): Promise<Record<string, unknown>>;
  /** Sends a signal that the program answers with a line of JSON. */
  ask(signal: NodeJS.Signals): Promise<Record<string, number>>;
};

export const freePort = (): Promise<number> =>
  new Promise((done, failed) => {
    const probe = createServer();
    probe.once("error", failed).listen(0, "127.0.0.1", () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => done(port));
    });
  });

/** The service as `npm start` runs it, at one address however often it is killed. */
export async function restartableService(
  variables: Record<string, string>,
  nodeOptions: readonly string[] = [],
): Promise<RestartableService> {
  const port = await freePort();
  const findings: LogFindings = { lines: 0, warnings: 0, unavailable: 0, errors: [], leaks: [], insides: [] };
  const keep = (list: string[], line: string) => void (list.length < KEPT_LINES && list.push(line));
  let launched: Launched | undefined;
  let starts = 0;
  let isReady = false;
  let waiting: ((line: string) => void) | undefined;

  const recent: string[] = [];

  const inspect = (line: string) => {
    recent.push(line);
    if (recent.length > KEPT_LINES) recent.shift();
    if (waiting && line.startsWith("{") && !line.includes('"level"')) return waiting(line);
    findings.lines++;
    if (/"level":"ERROR".*"code":"STORE_UNAVAILABLE"/.test(line)) findings.unavailable++;
    // A line that a kill has cut off says nothing.
    else if (/"level":"ERROR".*\}$/.test(line) || !/^(\{|Waymark listens| {2})/.test(line)) keep(findings.errors, line);
    if (line.includes('"level":"WARN"')) findings.warnings++;
    if (leaksIn(line).length > 0) keep(findings.leaks, line);
    if (INSIDES.test(line)) keep(findings.insides, line);
  };

  return {
    url: `http://127.0.0.1:${port}`,
    findings,
    restarts: () => starts - 1,
    isRunning: () => isReady,
    async start() {
      launched = await launchService({ ...variables, PORT: String(port) }, { nodeOptions, onLine: inspect });
      const { exited } = launched;
      void exited.then(() => {
        isReady = false;
        launched = undefined;
      });
      starts++;
      isReady = true;
    },
    async kill(signal) {
      isReady = false;
      await launched?.kill(signal);
    },
    async logged(requestId) {
      for (const deadline = Date.now() + LOG_TIMEOUT_MS; Date.now() < deadline; await sleep(5)) {
        const line = recent.find((one) => one.includes('"message":"Request"') && one.includes(requestId));
        if (line !== undefined) return JSON.parse(line);
      }
      throw new Error(`The log says nothing of ${requestId}`);
    },
    ask: (signal) =>
      new Promise((done) => {
        waiting = (line) => {
          waiting = undefined;
          done(JSON.parse(line));
        };
        launched?.child.kill(signal);
      }),
    memory: () => (isReady && launched?.child.pid !== undefined ? residentMegabytes(launched.child.pid) : undefined),
  };
}

function residentMegabytes(pid: number): number | undefined {
  try {
    return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "latin1"))?.[1]) / 1_024;
  } catch {
    const kilobytes = Number(spawnSync("ps", ["-o", "rss=", "-p", String(pid)]).stdout);
    return kilobytes > 0 ? kilobytes / 1_024 : undefined;
  }
}
