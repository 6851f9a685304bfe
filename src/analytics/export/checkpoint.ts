import type { Timestamp } from "../../model/time.ts";
import type { ScanPosition } from "../../store/scanner.ts";
import type { Meter } from "../../store/usage.ts";

export const FORMATS = ["parquet", "csv", "ndjson", "duckdb"] as const;
export type Format = (typeof FORMATS)[number];

/** What an operator asks of a run. */
export type ExportOptions = {
  format: Format;
  /** Those tables alone; all, where it does not say. */
  tables?: readonly string[] | undefined;
  identified: boolean;
  withText: boolean;
  segments: number;
  /** Learners that are read side by side. */
  concurrency: number;
  /** Of an incremental run: the run whose learners it is compared with. */
  previous?: string | undefined;
};

export type ExportTally = {
  processed: number;
  failed: number;
  itemsRead: number;
  /** Learners whose rows were written; the others are as in the run before. */
  written: number;
  /** Learners whose flags differ from their facts, also when they were read again. */
  unsettled: number;
  rows: Record<string, number>;
};

/** Where a segment stands: in its learners with progress, then, in the first segment, in those with a history alone. */
export type SegmentState = {
  position: ScanPosition | null;
  /** Undefined while the learners with progress go on. */
  historyPosition?: Record<string, unknown> | undefined;
  done: boolean;
  lengths: Record<string, number>;
  /** How much of the run before has been compared. */
  compared: number;
};

/** checkpoint.json: what is done, and all that is needed to go on. */
export type ExportCheckpoint = {
  run: string;
  kind: "analytics";
  options: ExportOptions;
  catalogVersion: string;
  target: string;
  keyId: string;
  startTime: Timestamp;
  seconds: number;
  consumed: Meter;
  tally: ExportTally;
  segments: Record<number, SegmentState>;
  finished: boolean;
};

export const emptyTally = (): ExportTally => ({
  processed: 0,
  failed: 0,
  itemsRead: 0,
  written: 0,
  unsettled: 0,
  rows: {},
});

export function addTally(total: ExportTally, more: ExportTally): void {
  for (const name of ["processed", "failed", "itemsRead", "written", "unsettled"] as const) total[name] += more[name];
  for (const [table, rows] of Object.entries(more.rows)) total.rows[table] = (total.rows[table] ?? 0) + rows;
}

type Begun = Pick<ExportCheckpoint, "run" | "options" | "catalogVersion" | "target" | "keyId" | "startTime">;

export const newExportCheckpoint = (begun: Begun): ExportCheckpoint => ({
  ...begun,
  kind: "analytics",
  seconds: 0,
  consumed: { rcu: 0, wcu: 0 },
  tally: emptyTally(),
  segments: {},
  finished: false,
});
