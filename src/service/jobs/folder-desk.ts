import type { LimitFunction } from "p-limit";
import type { ScanPosition } from "../../store/scanner.ts";
import type { Meter } from "../../store/usage.ts";
import type { RunFolder } from "./run-folder.ts";
import type { RunSession } from "./run-session.ts";
import type { SegmentDesk, SegmentState, SegmentStep } from "./segment-desk.ts";

const CHECKPOINT_INTERVAL_MS = 1_000;

/** A run whose segments are worked in this process. */
type FolderRun<Tally> = {
  folder: RunFolder;
  meter: Meter;
  signal: AbortSignal;
  checkpoint: {
    options: { concurrency: number };
    seconds: number;
    consumed: Meter;
    tally: Tally & { processed: number; failed: number; itemsRead: number };
    segments: Record<number, SegmentState>;
    finished: boolean;
  };
};

/** Works each segment of a session at a desk in the run's folder; one that is done is left alone. */
export const atFolder =
  <Tally>(
    session: RunSession<FolderRun<Tally>, unknown>,
    addTally: (total: Tally, more: Tally) => void,
    work: (desk: SegmentDesk<Tally>) => Promise<void>,
  ) =>
  (segment: number) => {
    const isDone = session.run.checkpoint.segments[segment]?.done === true;
    // The desk of a segment that is done is made as well: it takes back what was cut off in the segment's files.
    const desk = new FolderDesk(session, segment, addTally);
    return { work: async () => (isDone ? undefined : work(desk)) };
  };

/** Where a segment is worked whose run has a folder, and the other segments beside it. */
class FolderDesk<Tally> implements SegmentDesk<Tally> {
  readonly segment: number;
  readonly position: ScanPosition | null;
  readonly intents: readonly unknown[];
  readonly signal: AbortSignal;
  readonly limit: LimitFunction;
  readonly #session: RunSession<FolderRun<Tally>, unknown>;
  readonly #addTally: (total: Tally, more: Tally) => void;
  #savedAt = performance.now();

  constructor(
    session: RunSession<FolderRun<Tally>, unknown>,
    segment: number,
    addTally: (total: Tally, more: Tally) => void,
  ) {
    const { folder, checkpoint, signal } = session.run;
    this.#session = session;
    this.#addTally = addTally;
    this.segment = segment;
    this.signal = signal;
    this.limit = session.limit;
    const state = checkpoint.segments[segment];
    this.position = state?.position ?? null;
    folder.truncate(segment, state?.lengths ?? { changes: 0, failures: 0 });
    this.intents = folder.intents(segment);
  }

  append(kind: "changes" | "failures", entries: readonly unknown[]): void {
    this.#session.run.folder.append(kind, this.segment, entries);
  }

  /** The operating system has it then, and outlives the process. */
  announce(entry: unknown): void {
    this.#session.run.folder.append("intents", this.segment, [entry]);
  }

  /** Other segments may save the checkpoint at any time: nothing between these lines may wait. */
  commit({ position, tally, done, left }: SegmentStep<Tally>): void {
    const { checkpoint, folder } = this.#session.run;
    this.#addTally(checkpoint.tally, tally);
    checkpoint.segments[this.segment] = { position, done, lengths: folder.lengths(this.segment) };
    if (done || performance.now() - this.#savedAt >= CHECKPOINT_INTERVAL_MS) {
      this.#session.save();
      folder.keepIntents(this.segment, left);
      this.#savedAt = performance.now();
    }
    this.#session.report();
  }
}
