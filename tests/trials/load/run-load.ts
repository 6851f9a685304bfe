import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { openDynamoStore } from "../../../src/store/dynamodb/open.ts";
import { openSqliteStore } from "../../../src/store/sqlite/open.ts";
import type { Store } from "../../../src/store/store.ts";
import { createIssuerIn } from "../../support/fakes/issuer.ts";
import { type LogFindings, restartableService } from "../../support/processes/restartable-service.ts";
import { type Client, createClient } from "./client.ts";
import { type Compared, compareWithOracle } from "./compare.ts";
import { type LearnerRecord, liveParty } from "./party.ts";
import { planParty } from "./party-plan.ts";
import { CONTENT_DIR, sampleContent } from "./sample-content.ts";
import { type Percentiles, percentilesOf, Tally } from "./tally.ts";

export type LoadOptions = {
  seconds: number;
  /** Between one `kill -9` and the next, about. */
  secondsBetweenKills: number;
  /** It goes on until there were so many. */
  leastKills: number;
  /** It lasts longer where a slow machine has taken fewer by then. */
  leastEvents?: number;
  learnersAtOnce: number;
  seed: number;
  /** The address of a DynamoDB endpoint; without it, the service's own embedded store. */
  store?: string | undefined;
  /** Where the service keeps its data and the issuer its keys. */
  folder: string;
  onProgress?: (line: string) => void;
};

export type MemorySample = { second: number; megabytes: number; life: number };

export type LoadResult = {
  options: { seconds: number; seconds_between_kills: number; learners_at_once: number; seed: number; store: string };
  /** Until every learner had everything acknowledged. */
  seconds: number;
  requests: number;
  events: Tally["events"];
  reads: number;
  requests_per_second: number;
  events_per_second: number;
  copies_beyond_the_first: number;
  restarts: number;
  seconds_down: number;
  retries: Client["counts"]["retries"];
  statuses: Record<string, number>;
  refusals: Record<string, number>;
  latencies_ms: Percentiles[];
  memory: MemorySample[];
  log: { lines: number; warnings: number; unavailable: number };
  compared: Compared;
  violations: string[];
  violation_count: number;
};

const TABLE_PREFIX = "load";
const MEMORY_EVERY_MS = 5_000;
const PROGRESS_EVERY_MS = 30_000;

/**
 * Sends mixed traffic to a service that is killed again and again, then holds all that is stored against the oracle.
 * @returns the figures; `violations` is empty if all is well
 */
export async function runLoad(options: LoadOptions): Promise<LoadResult> {
  const { seconds, learnersAtOnce, seed, store, folder, onProgress = () => {} } = options;
  const content = sampleContent();
  const dataDir = join(folder, "data");
  mkdirSync(dataDir, { recursive: true });
  const issuer = await createIssuerIn(folder);
  const prefix = store === undefined ? TABLE_PREFIX : `${TABLE_PREFIX}-${Date.now().toString(36)}`;
  const service = await restartableService({
    CONTENT_DIR,
    DATA_DIR: dataDir,
    TABLE_PREFIX: prefix,
    STORE: store ?? "embedded",
    ...issuer.variables,
  });
  const tally = new Tally();
  const client = createClient(service.url, learnersAtOnce * 4);
  const records: LearnerRecord[] = [];
  const memory: MemorySample[] = [];
  let [isOver, down] = [false, 0];

  await service.start();
  const began = performance.now();
  const passed = () => (performance.now() - began) / 1_000;
  const sampling = setInterval(() => {
    const megabytes = service.memory();
    if (megabytes !== undefined)
      memory.push({ second: Math.round(passed()), megabytes: Math.round(megabytes), life: service.restarts() });
  }, MEMORY_EVERY_MS);
  const telling = setInterval(() => {
    const { requests, reads, violationCount } = tally;
    onProgress(
      `${Math.round(passed())} s: ${requests} requests with events, ${reads} reads, ${service.restarts()} restarts, ${violationCount} violations`,
    );
  }, PROGRESS_EVERY_MS);

  const isEnough = () =>
    passed() > seconds &&
    service.restarts() >= options.leastKills &&
    tally.events.accepted >= (options.leastEvents ?? 0);
  const killing = (async () => {
    for (;;) {
      const until = passed() + options.secondsBetweenKills * (0.8 + Math.random() * 0.4);
      while (!isOver && passed() < until) await sleep(50);
      if (isOver || isEnough()) return;
      const killed = performance.now();
      await service.kill("SIGKILL");
      await service.start();
      down += (performance.now() - killed) / 1_000;
    }
  })();

  try {
    let party = seed * 1_000_000;
    const lane = async () => {
      while (!isEnough())
        records.push(...(await liveParty({ content, client, issuer, tally }, planParty(content, "load", party++))));
    };
    await Promise.all(Array.from({ length: learnersAtOnce }, lane));
    const lasted = passed();
    isOver = true;
    await killing;
    onProgress(`${Math.round(lasted)} s: all is acknowledged; now comparing ${records.length} learners`);
    // The last kill: what was acknowledged must be there without a word of farewell.
    await service.kill("SIGKILL");
    const compared = await compareStored(store, prefix, dataDir, (opened) =>
      compareWithOracle(opened, content, records, tally),
    );
    const { findings: log } = service;
    blame(log, tally);
    return {
      options: {
        seconds,
        seconds_between_kills: options.secondsBetweenKills,
        learners_at_once: learnersAtOnce,
        seed,
        store: store === undefined ? "embedded" : "endpoint",
      },
      seconds: lasted,
      requests: client.counts.answered,
      events: tally.events,
      reads: tally.reads,
      requests_per_second: client.counts.answered / lasted,
      events_per_second: tally.events.sent / lasted,
      copies_beyond_the_first: tally.copies,
      restarts: service.restarts(),
      seconds_down: down,
      retries: client.counts.retries,
      statuses: tally.statuses,
      refusals: tally.refusals,
      latencies_ms: Object.entries(tally.latencies)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([kind, samples]) => percentilesOf(kind, samples)),
      memory,
      log: { lines: log.lines, warnings: log.warnings, unavailable: log.unavailable },
      compared,
      violations: tally.violations,
      violation_count: tally.violationCount,
    };
  } finally {
    isOver = true;
    clearInterval(sampling);
    clearInterval(telling);
    client.close();
    await service.kill("SIGKILL");
  }
}

/** Opens the service's store once more, beside a service or after it. */
async function compareStored<T>(
  endpoint: string | undefined,
  prefix: string,
  dataDir: string,
  compare: (store: Store) => Promise<T>,
): Promise<T> {
  const opened =
    endpoint === undefined
      ? await openSqliteStore(dataDir, { mustExist: true })
      : openDynamoStore({ endpoint, region: "us-east-1" }, prefix);
  try {
    return await compare(opened.connect("batch").store);
  } finally {
    await opened.close();
  }
}

/** What stands in the log and should not. */
function blame({ errors, leaks, insides }: LogFindings, tally: Tally): void {
  for (const line of errors) tally.violation(`In the log: ${line}`);
  for (const line of leaks) tally.violation(`A secret in the log: ${line}`);
  for (const line of insides) tally.violation(`A stack or a path in the log: ${line}`);
}
