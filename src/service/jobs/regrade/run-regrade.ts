import pLimit, { type LimitFunction } from "p-limit";
import type { Catalog, ModuleDefinition } from "../../../catalog/catalog.ts";
import type { Quiz } from "../../../catalog/quiz.ts";
import { versionOfQuiz } from "../../../completion/grade.ts";
import { toTimestamp } from "../../../model/time.ts";
import type { Scanner } from "../../../store/scanner.ts";
import type { Store } from "../../../store/store.ts";
import type { Meter } from "../../../store/usage.ts";
import type { RunFolder } from "../run-folder.ts";
import type { RegradeCheckpoint } from "./regrade-checkpoint.ts";
import type { RegradePolicy } from "./regrade-learner.ts";
import { type RegradeSummary, summarizeRegrade } from "./regrade-summary.ts";
import { RegradeSegment } from "./regrade-segment.ts";

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

/**
 * Grades the answers of a module in every learner's history by the quiz of today. Whoever has answered is found by a scan of
 * progress, since an index of answers has no order by learner, and a run must know neither one twice nor all at once.
 * @param onProgress told after every page
 * @returns the summary, or undefined when the signal stopped the run; its checkpoint is then written
 * @throws AppError STORE_UNAVAILABLE when the store fails for good; the checkpoint stands
 */
export async function runRegrade(
  run: RegradeRun,
  onProgress: (progress: RegradeProgress) => void,
): Promise<RegradeSummary | undefined> {
  const { checkpoint, folder, now = Date.now } = run;
  const { options } = checkpoint;
  const session = new RegradeSession(run, onProgress);
  const segments = Array.from({ length: options.segments }, (_, segment) => segment);
  folder.create();
  session.save();

  const workers = segments.map((segment) => new RegradeSegment(session, segment));
  const worked = await Promise.allSettled(workers.map((worker) => worker.work()));
  session.save();
  const failed = worked.find((outcome) => outcome.status === "rejected");
  if (failed) throw failed.reason;
  if (!segments.every((segment) => checkpoint.segments[segment]?.done)) return undefined;

  await folder.assemble(segments);
  const { run: name, startTime, catalogVersion, tally, seconds, consumed } = checkpoint;
  const times = { startTime, endTime: toTimestamp(now()), seconds };
  const versions = { catalogVersion, quizVersion: versionOfQuiz(run.module.quiz) };
  const summary = summarizeRegrade({ run: name, options, ...versions, ...times }, tally, consumed);
  folder.saveSummary(summary);
  checkpoint.finished = true;
  session.save();
  folder.removeParts();
  return summary;
}

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
