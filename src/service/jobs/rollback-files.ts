import type { RollbackMode } from "./rollback-tally.ts";
import type { FileNames } from "./run-folder.ts";

/** What a rollback's files are called; they are in the folder of the run. What only looks does not overwrite what was done. */
export function rollbackFiles(mode: RollbackMode): FileNames {
  const name = mode === "write" ? "rollback" : `rollback-${mode}`;
  return { summary: `${name}-summary.json`, failures: `${name}-not-undone.json` };
}
