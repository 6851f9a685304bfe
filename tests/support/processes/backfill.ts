import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { afterAll, beforeAll, onTestFinished } from "vitest";
import type { Catalog } from "../../../src/catalog/catalog.ts";
import { canonicalJson } from "../../../src/model/canonical-json.ts";
import type { Timestamp } from "../../../src/model/time.ts";
import type { LearnerChanges } from "../../../src/service/jobs/change.ts";
import type { BackfillOptions } from "../../../src/service/jobs/options.ts";
import type { NotUndone, RollbackMode, RollbackTally } from "../../../src/service/jobs/rollback-tally.ts";
import { type Checkpoint, newCheckpoint, runBackfill } from "../../../src/service/jobs/run.ts";
import { RunFolder } from "../../../src/service/jobs/run-folder.ts";
import { runRollback } from "../../../src/service/jobs/run-rollback.ts";
import type { RunProgress } from "../../../src/service/jobs/run-session.ts";
import type { Summary } from "../../../src/service/jobs/summary.ts";
import { meterClient } from "../../../src/store/dynamodb/meter.ts";
import type { Item } from "../../../src/store/items.ts";
import type { Scanner } from "../../../src/store/scanner.ts";
import type { Store } from "../../../src/store/store.ts";
import type { Limits } from "../../../src/store/usage.ts";
import { at } from "../builders/times.ts";
import type { StoreUnderTest } from "./store-under-test.ts";
import { isWrite, openTestStore, startDynalite, type TestStore } from "./stores.ts";

/** When runs in tests start: the time that their flags are recorded at. */
export const RUN_AT = at("12:00");

/** An item of one learner as it lies in the table: `["ada", "MODULE#strings", { completed_at: … }]`. */
export type Row = readonly [learner: string, entity: string, attributes?: Item];

/** Starts dynalite for a test file that needs no other store. @returns where it listens, inside tests and hooks */
export function dynaliteForFile(): () => string {
  let started: Awaited<ReturnType<typeof startDynalite>>;
  beforeAll(async () => {
    started = await startDynalite();
  });
  afterAll(() => {
    started?.server.closeAllConnections();
    started?.server.close();
  });
  return () => started.endpoint;
}

/** A table of its own for a test, with items in it. */
export async function tableWith(endpoint: string, rows: readonly Row[]): Promise<TestStore> {
  const opened = await openTestStore(endpoint);
  onTestFinished(() => opened.client.destroy());
  await putRows(opened, rows);
  return opened;
}

const itemOf = ([learner_id, entity, attributes]: Row): Item => ({ learner_id, entity, ...attributes });

export async function putRows({ raw, calls }: StoreUnderTest, rows: readonly Row[]): Promise<void> {
  await raw.putAll("progress", rows.map(itemOf));
  calls?.splice(0);
}

export const putRow = ({ raw }: StoreUnderTest, [learner, entity, attributes = {}]: Row): Promise<void> =>
  raw.put(learner, entity, attributes);

/** Gives a store these items, and takes away all others. */
export async function resetRows(opened: StoreUnderTest, rows: readonly Row[]): Promise<void> {
  await opened.raw.clear();
  await putRows(opened, rows);
}

/** A store that tests share, with these items alone. */
export async function storeWith(opened: StoreUnderTest, rows: readonly Row[]): Promise<StoreUnderTest> {
  await resetRows(opened, rows);
  return opened;
}

/** Every item of progress, as one text per item, in order of their keys. */
export async function dumpOf(
  { raw }: Pick<StoreUnderTest, "raw">,
  shown: (item: Item) => Item = (item) => item,
): Promise<string[]> {
  return (await raw.items("progress")).map((item) => canonicalJson(shown(item))).sort();
}

export const completedAt = (time: Timestamp): Item => ({ completed_at: time });

/** A flag's attributes as a table holds them. */
export const flag = (completed_at: Timestamp, attributes: Item = {}): Item => ({
  completed: true,
  completed_at,
  completion_source: "inferred",
  recorded_at: at("09:00"),
  catalog_version: "earlier",
  ...attributes,
});

/** A folder for runs that is gone when the test is over. */
export function runsFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "waymark-runs-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export type RunFiles = { summary: Summary; changes: LearnerChanges[]; failures: Failed[]; checkpoint: Checkpoint };
export type Failed = { contact_id: string; entity: string | null; reason: string };

export const readJson = (folder: string, name: string) => JSON.parse(readFileSync(join(folder, name), "utf8"));

export const filesOf = (folder: string): RunFiles => ({
  summary: readJson(folder, "backfill-summary.json"),
  changes: readJson(folder, "backfill-changes.json"),
  failures: readJson(folder, "backfill-failures.json"),
  checkpoint: readJson(folder, "checkpoint.json"),
});

export type RunSetup = Partial<BackfillOptions> & {
  /** Where the run's files go; a run that is found there goes on. */
  folder?: string;
  startTime?: Timestamp;
  store?: Store;
  scanner?: Scanner;
  limits?: Limits;
  signal?: AbortSignal;
  onProgress?: (progress: RunProgress) => void;
};

const OPTIONS: BackfillOptions = {
  dryRun: false,
  contactId: undefined,
  batchSize: 50,
  skipSynced: false,
  segments: 4,
  segmentRange: { from: 0, to: 3 },
  concurrency: 8,
  revoke: true,
};

/** What a run works on; where there is a client, the run counts what that consumes. */
type Worked = Pick<StoreUnderTest, "store" | "scanner"> & { client?: DynamoDBDocumentClient };

/** A run through the service, without a command. @returns its folder, and the summary if it came to its end */
export async function backfill(
  { client, store, scanner: newScanner }: Worked,
  catalog: Catalog,
  { folder: path = runsFolder(), startTime = RUN_AT, limits, signal, onProgress = () => {}, ...setup }: RunSetup = {},
): Promise<{ folder: string; summary: Summary | undefined }> {
  const { store: given = store, scanner = newScanner(), ...options } = setup;
  const folder = new RunFolder(path);
  const segments = options.segments ?? OPTIONS.segments;
  const all = { ...OPTIONS, segments, segmentRange: { from: 0, to: segments - 1 }, ...options };
  const checkpoint = folder.exists
    ? (folder.loadCheckpoint() as Checkpoint)
    : newCheckpoint({ run: "run", options: all, catalogVersion: catalog.version, target: "test", startTime });
  const run = {
    store: given,
    scanner,
    meter: client ? meterClient(client, limits) : { rcu: 0, wcu: 0 },
    catalog,
    folder,
    checkpoint,
    signal: signal ?? new AbortController().signal,
    now: () => Date.parse(startTime),
  };
  try {
    return { folder: path, summary: await runBackfill(run, onProgress) };
  } finally {
    folder.close();
  }
}

/** A run that comes to its end. @returns its files */
export async function backfillToEnd(
  opened: Worked,
  catalog: Catalog,
  setup: RunSetup = {},
): Promise<RunFiles & { folder: string }> {
  const { folder } = await backfill(opened, catalog, setup);
  return { folder, ...filesOf(folder) };
}

/** A rollback through the service. @returns what it did, and what cannot go back */
export async function rollback(
  store: Store,
  changes: Iterable<LearnerChanges> | AsyncIterable<LearnerChanges>,
  mode: RollbackMode = "write",
): Promise<Pick<RollbackTally, "undone" | "already" | "notUndone"> & { kept: NotUndone[] }> {
  const kept: NotUndone[] = [];
  const entries = (async function* () {
    yield* changes;
  })();
  const { undone, already, notUndone } = await runRollback(store, entries, mode, {
    onNotUndone: (entry) => kept.push(entry),
    signal: new AbortController().signal,
  });
  return { undone, already, notUndone, kept };
}

/** The requests since the last `calls.length = 0` that could write. */
export const writesIn = ({ calls }: Pick<TestStore, "calls">) => calls.filter(isWrite);

/** A scanner of these learners alone, so that runs of a property share a store. */
export const scannerOf = ({ store }: Pick<StoreUnderTest, "store">, learners: Iterable<string>): Scanner => ({
  approximateItemCount: async () => 0,
  async *segment() {
    for (const learnerId of learners) {
      const items = [...(await store.read(learnerId)).items.values()];
      const last = { learner_id: learnerId, entity: String(items.at(-1)?.entity) };
      if (items.length > 0) yield { learners: [{ learnerId, items, last }], itemCount: items.length };
    }
  },
});

/** A summary without what differs between two runs that do the same. */
export const countsOf = ({
  run: _,
  start_time,
  end_time,
  duration_seconds,
  consumed_rcu,
  consumed_wcu,
  ...counts
}: Summary) => counts;

/** Changes without the time of the run, in order of learner. */
export const withoutRunTime = (changes: readonly LearnerChanges[]): unknown[] =>
  changes
    .map(({ contact_id, changes: made }) => ({
      contact_id,
      changes: made.map(({ flag_after: { recorded_at: _, ...flag_after }, ...change }) => ({ ...change, flag_after })),
    }))
    .sort((a, b) => (a.contact_id < b.contact_id ? -1 : 1));
