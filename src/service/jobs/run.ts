import type { Catalog } from "../../catalog/catalog.ts";
import { entityKey } from "../../model/entity.ts";
import { type Timestamp, toTimestamp } from "../../model/time.ts";
import type { Scanner } from "../../store/scanner.ts";
import type { Store } from "../../store/store.ts";
import type { Meter } from "../../store/usage.ts";
import { BackfillSegment } from "./backfill-segment.ts";
import { atFolder } from "./folder-desk.ts";
import { type BackfillOptions, segmentsOf } from "./options.ts";
import type { RunFolder } from "./run-folder.ts";
import { type RunProgress, RunSession } from "./run-session.ts";
import type { SegmentState } from "./segment-desk.ts";
import type { SettlePolicy } from "./settle-for-run.ts";
import { type Summary, summarize } from "./summary.ts";
import { addTally, emptyTally, type Tally } from "./tally.ts";

/** checkpoint.json: what is done, and all that is needed to go on. */
export type Checkpoint = {
  run: string;
  options: BackfillOptions;
  catalogVersion: string;
  /** Which store and table: a run goes on where it began. */
  target: string;
  startTime: Timestamp;
  seconds: number;
  consumed: Meter;
  tally: Tally;
  segments: Record<number, SegmentState>;
  finished: boolean;
};

export type BackfillRun = {
  store: Store;
  scanner: Scanner;
  meter: Meter;
  catalog: Catalog;
  folder: RunFolder;
  /** A new run's, or the one that it goes on from. */
  checkpoint: Checkpoint;
  /** Stops the run after the learners in hand. */
  signal: AbortSignal;
  now?: () => number;
};

type NewRun = Pick<Checkpoint, "run" | "options" | "catalogVersion" | "target" | "startTime">;

export const newCheckpoint = (begun: NewRun): Checkpoint => ({
  ...begun,
  seconds: 0,
  consumed: { rcu: 0, wcu: 0 },
  tally: emptyTally(),
  segments: {},
  finished: false,
});

/**
 * Settles the flags of every learner, or of one. Steps 2 to 4 of ingest, with the same functions.
 * @param onProgress told after every page and batch
 * @returns the summary, or undefined when the signal stopped the run; its checkpoint is then written
 * @throws AppError STORE_UNAVAILABLE when the store fails for good; the checkpoint stands
 */
export async function runBackfill(
  run: BackfillRun,
  onProgress: (progress: RunProgress) => void,
): Promise<Summary | undefined> {
  const { checkpoint, now = Date.now } = run;
  const { options } = checkpoint;
  const policy = backfillPolicy(run.catalog, checkpoint);
  const session = new RunSession(run, policy, onProgress);
  const work = { store: run.store, scanner: run.scanner, options, policy };
  const segments = options.contactId === undefined ? segmentsOf(options) : [0];
  return session.workOff(
    segments,
    atFolder(session, addTally, (desk) => new BackfillSegment(work, desk).work()),
    () => {
      const { run: name, startTime, catalogVersion, tally, seconds, consumed } = checkpoint;
      const times = { startTime, endTime: toTimestamp(now()), seconds };
      return summarize({ run: name, options, catalogVersion, ...times }, tally, consumed);
    },
  );
}

/** One time for all flags of a run, which resuming does not change. */
export const backfillPolicy = (
  catalog: Catalog,
  { options, startTime }: Pick<Checkpoint, "options" | "startTime">,
): SettlePolicy => ({
  catalog: catalog.at(startTime),
  revoke: options.revoke,
  revokeUnknown: options.revokeUnknown ?? false,
  entities: options.entities && new Set(options.entities.map(entityKey)),
  dryRun: options.dryRun,
  recordedAt: startTime,
});
