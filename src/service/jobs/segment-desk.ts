import type { LimitFunction } from "p-limit";
import type { ScanPosition } from "../../store/scanner.ts";
import type { Lengths } from "./run-folder.ts";

/** Where a segment stands. */
export type SegmentState = { position: ScanPosition | null; done: boolean; lengths: Lengths };

/**
 * What a segment has done since it last said so. `left` is what earlier workers announced, and did not commit, that has not
 * been done again yet; it is known to who comes next, too:
 *   t1 A changes x and y, and dies before it commits   t2 B finds x as A left it, and commits that
 *   t3 B dies   t4 C finds y as A left it, and must know that it was the run who changed it
 * Test: jobs/resume, "that was killed twice".
 */
export type SegmentStep<Tally, Position = ScanPosition> = {
  position: Position | null;
  tally: Tally;
  done: boolean;
  left: readonly unknown[];
};

/**
 * What a segment of a job is worked at, and all that its worker knows of whoever runs it: a command that has the other
 * segments beside it and a folder, or a function that has one segment, a bucket and a few minutes. A worker begins where
 * `position` says, and works until it is done or the signal tells it to stop; whoever comes next begins where its last
 * commit was.
 */
export type SegmentDesk<Tally, Position = ScanPosition> = {
  readonly segment: number;
  /** Where the last commit was; null at the beginning. */
  readonly position: Position | null;
  /** What was announced before, and was not committed. */
  readonly intents: readonly unknown[];
  /** Stops after the learners in hand. */
  readonly signal: AbortSignal;
  /** Bounds how many learners are in hand. */
  readonly limit: LimitFunction;
  /** Writes entries of the run's files, which stand from the next commit on. */
  append(kind: "changes" | "failures", entries: readonly unknown[]): void;
  /** Says what is about to be changed. Once it has resolved, that is known to who comes next, whatever happens here. */
  announce(entry: unknown): void | Promise<void>;
  /** All up to the position is done and appended, and no learner is in hand. */
  commit(step: SegmentStep<Tally, Position>): void | Promise<void>;
};
