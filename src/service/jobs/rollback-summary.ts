import type { Timestamp } from "../../model/time.ts";
import type { RollbackMode, RollbackTally } from "./rollback-tally.ts";

/** What a rollback came to, as its summary file has it. */
export type RollbackSummary = {
  /** That was undone. */
  run: string;
  mode: RollbackMode;
  undone: number;
  already_as_before: number;
  not_undone: number;
  /** Of a regrade. */
  grades_undone?: number;
  start_time: Timestamp;
  end_time: Timestamp;
  interrupted: boolean;
};

type Ended = Pick<RollbackSummary, "run" | "mode" | "interrupted"> & {
  isOfGrades: boolean;
  startTime: Timestamp;
  endTime: Timestamp;
};

export const summarizeRollback = (
  { run, mode, isOfGrades, startTime, endTime, interrupted }: Ended,
  { undone, already, notUndone, grades }: RollbackTally,
): RollbackSummary => ({
  run,
  mode,
  undone,
  already_as_before: already,
  not_undone: notUndone,
  ...(isOfGrades && { grades_undone: grades }),
  start_time: startTime,
  end_time: endTime,
  interrupted,
});
