import type { RollbackSummary } from "../service/jobs/rollback-summary.ts";
import type { NotUndone, RollbackMode } from "../service/jobs/rollback-tally.ts";

const SHOWN = 20;

export const MODE_TEXT: Record<RollbackMode, string> = {
  write: "undoing it",
  "dry-run": "dry: nothing is written to the table",
  verify: "verifying that everything is as before it",
};

/** Whether that one of the flags that cannot go back is printed; all are in a file. */
export const isShown = (index: number): boolean => index < SHOWN;

export const notUndoneLine = ({ contact_id, type, slug, reason }: NotUndone): string =>
  `  ${contact_id}: ${type} ${slug}: ${reason}`;

/** What a rollback came to. @param reasons the file that says why flags cannot go back */
export function rollbackLines(summary: RollbackSummary, reasons: string): string[] {
  const { mode, undone, already_as_before: already, not_undone: notUndone, grades_undone: grades } = summary;
  const isDone = mode === "write";
  const ofFlags =
    mode === "verify"
      ? `${already} flags are as before the run, ${notUndone} are not.`
      : `${undone} flags ${isDone ? "went back" : "would go back"}, ${already} were as before already, ${notUndone} cannot go back.`;
  return [
    ...(grades !== undefined && mode !== "verify"
      ? [`${grades} answers ${isDone ? "have" : "would have"} their earlier grade again.`]
      : []),
    ofFlags,
    ...(notUndone > 0 ? [`The reasons are in ${reasons}`] : []),
  ];
}

/** The exit code: 1 where a flag is not, or would not be, as before the run. */
export const codeOf = ({ mode, undone, not_undone: notUndone }: RollbackSummary): number =>
  notUndone > 0 || (mode === "verify" && undone > 0) ? 1 : 0;
