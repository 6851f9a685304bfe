import type { Timestamp } from "../../../model/time.ts";
import type { Meter } from "../../../store/usage.ts";
import type { FileNames } from "../run-folder.ts";
import type { SegmentState } from "../segment-desk.ts";
import { emptyRegradeTally, type RegradeTally } from "./regrade-tally.ts";

export const REGRADE_FILES = {
  summary: "regrade-summary.json",
  changes: "regrade-changes.json",
  failures: "regrade-failures.json",
} as const satisfies FileNames;

/** What an operator asks of a run. */
export type RegradeOptions = {
  /** The slug of today, and the task, where not all are meant. */
  module: string;
  task?: string | undefined;
  dryRun: boolean;
  segments: number;
  /** Learners that are graded side by side. */
  concurrency: number;
};

/** checkpoint.json: what is done, and all that is needed to go on. */
export type RegradeCheckpoint = {
  run: string;
  kind: "regrade";
  options: RegradeOptions;
  catalogVersion: string;
  target: string;
  startTime: Timestamp;
  seconds: number;
  consumed: Meter;
  tally: RegradeTally;
  segments: Record<number, SegmentState>;
  finished: boolean;
};

type Begun = Pick<RegradeCheckpoint, "run" | "options" | "catalogVersion" | "target" | "startTime">;

export const newRegradeCheckpoint = (begun: Begun): RegradeCheckpoint => ({
  ...begun,
  kind: "regrade",
  seconds: 0,
  consumed: { rcu: 0, wcu: 0 },
  tally: emptyRegradeTally(),
  segments: {},
  finished: false,
});

/** Whether a run's checkpoint is that of a regrade. */
export const isRegrade = (checkpoint: unknown): checkpoint is RegradeCheckpoint =>
  (checkpoint as { kind?: unknown }).kind === "regrade";
