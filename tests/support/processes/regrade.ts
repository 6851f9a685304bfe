import { join } from "node:path";
import type { Catalog } from "../../../src/catalog/catalog.ts";
import { canonicalJson } from "../../../src/model/canonical-json.ts";
import type { RegradeChanges } from "../../../src/service/jobs/regrade/regrade-changes.ts";
import {
  newRegradeCheckpoint,
  REGRADE_FILES,
  type RegradeCheckpoint,
  type RegradeOptions,
} from "../../../src/service/jobs/regrade/regrade-checkpoint.ts";
import type { RegradeSummary } from "../../../src/service/jobs/regrade/regrade-summary.ts";
import { runRegrade } from "../../../src/service/jobs/regrade/run-regrade.ts";
import type { NotUndone, RollbackMode } from "../../../src/service/jobs/rollback-tally.ts";
import { changesOfRun } from "../../../src/service/jobs/run-changes.ts";
import { RunFolder } from "../../../src/service/jobs/run-folder.ts";
import { runRollback } from "../../../src/service/jobs/run-rollback.ts";
import type { TableOf } from "../../../src/store/learner-items.ts";
import type { Store } from "../../../src/store/store.ts";
import { moment } from "../builders/life.ts";
import { readJson, runsFolder } from "./backfill.ts";
import type { StoreUnderTest } from "./store-under-test.ts";

export type RegradeSetup = Partial<RegradeOptions> & {
  /** Where the run's files go; a run that is found there goes on. */
  folder?: string;
  run?: string;
  when?: string;
  store?: Store;
  signal?: AbortSignal;
};

/** A run through the service, without a command. @returns its folder, and the summary if it came to its end */
export async function regrade(
  opened: Pick<StoreUnderTest, "store" | "scanner">,
  catalog: Catalog,
  {
    folder: path = runsFolder(),
    run = "run",
    when = "2024-02-01",
    store = opened.store,
    signal,
    ...given
  }: RegradeSetup,
): Promise<{ folder: string; summary: RegradeSummary | undefined }> {
  const folder = new RunFolder(path, REGRADE_FILES);
  const options = { module: "exam", dryRun: false, segments: 2, concurrency: 2, ...given };
  const checkpoint = folder.exists
    ? (folder.loadCheckpoint() as RegradeCheckpoint)
    : newRegradeCheckpoint({
        run,
        options,
        catalogVersion: catalog.version,
        target: "test",
        startTime: moment(when),
      });
  const module = catalog.module.get(checkpoint.options.module);
  if (module?.quiz === undefined) throw new Error("no quiz");
  try {
    const summary = await runRegrade(
      {
        store,
        scanner: opened.scanner(),
        meter: { rcu: 0, wcu: 0 },
        catalog,
        module: { ...module, quiz: module.quiz },
        folder,
        checkpoint,
        signal: signal ?? new AbortController().signal,
      },
      () => {},
    );
    return { folder: path, summary };
  } finally {
    folder.close();
  }
}

export const changesIn = (folder: string): RegradeChanges[] => readJson(folder, REGRADE_FILES.changes);

/** Undoes the run in a folder. @returns what went back, and what cannot */
export async function undo(store: Store, folder: string, mode: RollbackMode = "write") {
  const { run, finished } = readJson(folder, "checkpoint.json") as RegradeCheckpoint;
  const kept: NotUndone[] = [];
  const tally = await runRollback(store, changesOfRun(folder, finished, REGRADE_FILES.changes), mode, {
    onNotUndone: (entry) => kept.push(entry),
    signal: new AbortController().signal,
    regrade: run,
  });
  return { ...tally, kept };
}

/** Every item of both tables, as one text per item. */
export async function everything({ raw }: Pick<StoreUnderTest, "raw">): Promise<string[]> {
  const tables: TableOf[] = ["progress", "records"];
  const items = await Promise.all(tables.map((table) => raw.items(table)));
  return items
    .flat()
    .map((item) => canonicalJson(item))
    .sort();
}

export const summaryIn = (folder: string): RegradeSummary => readJson(folder, REGRADE_FILES.summary);
export const checkpointOf = (folder: string): string => join(folder, "checkpoint.json");
