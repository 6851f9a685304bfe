import pLimit, { type LimitFunction } from "p-limit";
import type { Catalog, ModuleDefinition } from "../../../catalog/catalog.ts";
import type { Quiz } from "../../../catalog/quiz.ts";
import type { Scanner } from "../../../store/scanner.ts";
import type { Store } from "../../../store/store.ts";
import type { Meter } from "../../../store/usage.ts";
import type { RunFolder } from "../run-folder.ts";
import type { RegradeCheckpoint } from "./regrade-checkpoint.ts";
import type { RegradePolicy } from "./regrade-policy.ts";

export type RegradeProgress = { learners: number; itemsRead: number; seconds: number };

export type RegradeRun = {
  store: Store;
  scanner: Scanner;
  meter: Meter;
  catalog: Catalog;
  module: ModuleDefinition & { quiz: Quiz };
  folder: RunFolder;
  /** A new run's, or the one that it goes on from. */
  checkpoint: RegradeCheckpoint;
  /** Stops the run after the learners in hand. */
  signal: AbortSignal;
  now?: () => number;
};

/** What the segments of a run share. */
export class RegradeSession {
  readonly run: RegradeRun;
  readonly policy: RegradePolicy;
  readonly limit: LimitFunction;
  readonly #onProgress: (progress: RegradeProgress) => void;
  readonly #began = performance.now();
  readonly #before: { seconds: number; consumed: Meter };

  constructor(run: RegradeRun, onProgress: (progress: RegradeProgress) => void) {
    const { catalog, module, checkpoint } = run;
    const { options, startTime, seconds, consumed } = checkpoint;
    this.run = run;
    // One time for all grades of a run, which resuming does not change.
    this.policy = {
      run: checkpoint.run,
      catalog: catalog.at(startTime),
      module,
      taskSlug: options.task,
      dryRun: options.dryRun,
      recordedAt: startTime,
    };
    this.limit = pLimit(options.concurrency);
    this.#onProgress = onProgress;
    this.#before = { seconds, consumed };
  }

  get #seconds(): number {
    return (performance.now() - this.#began) / 1_000;
  }

  save(): void {
    const { checkpoint, meter, folder } = this.run;
    const { seconds, consumed } = this.#before;
    checkpoint.seconds = seconds + this.#seconds;
    checkpoint.consumed = { rcu: consumed.rcu + meter.rcu, wcu: consumed.wcu + meter.wcu };
    folder.saveCheckpoint(checkpoint);
  }

  report(): void {
    const { processed, failed, itemsRead } = this.run.checkpoint.tally;
    this.#onProgress({ learners: processed + failed, itemsRead, seconds: this.#seconds });
  }
}
