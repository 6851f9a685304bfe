/** `verify` asks whether everything is as it was before the run; `dry-run` what a rollback would do. */
export type RollbackMode = "write" | "dry-run" | "verify";

/** A flag that is not, or would not be, as it was before the run. */
export type NotUndone = { contact_id: string; type: string; slug: string; reason: string };

export type RollbackTally = {
  /** Flags that went back, or would. */
  undone: number;
  /** Flags that already were as before the run. */
  already: number;
  notUndone: number;
  /** Answers that have their earlier grade again, or would. */
  grades: number;
  /** Learners, and how much of the run's changes they were: what the display of a run goes by. */
  processed: number;
  failed: number;
  itemsRead: number;
};

export const emptyRollbackTally = (): RollbackTally => ({
  undone: 0,
  already: 0,
  notUndone: 0,
  grades: 0,
  processed: 0,
  failed: 0,
  itemsRead: 0,
});

export function addRollbackTally(total: RollbackTally, more: RollbackTally): void {
  for (const name of Object.keys(total) as (keyof RollbackTally)[]) total[name] += more[name];
}
