import pLimit, { type LimitFunction } from "p-limit";
import type { Meter } from "../../store/usage.ts";
import type { RunFolder } from "./run-folder.ts";

export type RunProgress = { learners: number; itemsRead: number; seconds: number };

/** What every run over learners has, whatever it does with them. */
type Run = {
  folder: RunFolder;
  meter: Meter;
  checkpoint: {
    options: { concurrency: number };
    seconds: number;
    consumed: Meter;
    tally: { processed: number; failed: number; itemsRead: number };
    segments: Record<number, { done: boolean }>;
    finished: boolean;
  };
};

type Worker = { work(): Promise<void> };

/** What the segments of a run share. */
export class RunSession<AnyRun extends Run, Policy> {
  readonly run: AnyRun;
  readonly policy: Policy;
  readonly limit: LimitFunction;
  readonly #onProgress: (progress: RunProgress) => void;
  readonly #began = performance.now();
  readonly #before: { seconds: number; consumed: Meter };

  constructor(run: AnyRun, policy: Policy, onProgress: (progress: RunProgress) => void) {
    const { options, seconds, consumed } = run.checkpoint;
    this.run = run;
    this.policy = policy;
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

  /**
   * Works the segments off side by side, and puts the run's files together.
   * @returns the summary, or undefined when the signal stopped the run; its checkpoint is then written
   */
  async workOff<Summary extends object>(
    segments: readonly number[],
    begin: (segment: number) => Worker,
    summarize: () => Summary,
  ): Promise<Summary | undefined> {
    const { checkpoint, folder } = this.run;
    folder.create();
    this.save();
    const worked = await Promise.allSettled(segments.map(begin).map((worker) => worker.work()));
    this.save();
    const failed = worked.find((outcome) => outcome.status === "rejected");
    if (failed) throw failed.reason;
    if (!segments.every((segment) => checkpoint.segments[segment]?.done)) return undefined;

    await folder.assemble(segments);
    const summary = summarize();
    folder.saveSummary(summary);
    checkpoint.finished = true;
    this.save();
    folder.removeParts();
    return summary;
  }
}
