import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { REGRADE_FILES } from "./regrade/regrade-checkpoint.ts";
import { rollbackFiles } from "./rollback-files.ts";
import { BACKFILL_FILES, type FileNames, IMPORT_FILES } from "./run-folder.ts";

/** Jobs that keep a folder for each run, and what its files are called. */
const FILES = { backfill: BACKFILL_FILES, regrade: REGRADE_FILES, import: IMPORT_FILES };
type Job = keyof typeof FILES;
export type RunKind = Job | "rollback";

/** A run, where its files are, and what they are called. A rollback has its files in the folder of the run that it undid. */
export type FoundRun = { id: string; kind: RunKind; path: string; files: FileNames };

/** What a command calls a folder; no other folder is a run's. */
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,199}$/;

const ROLLBACKS = { rollback: rollbackFiles("write"), "rollback-dry-run": rollbackFiles("dry-run") };

/**
 * Every run below a folder, in no order. An id is never made to a path: it is compared with those of the runs that are
 * there, and a link that leads elsewhere is none.
 */
export async function findRuns(folder: string): Promise<FoundRun[]> {
  const found = await Promise.all((Object.keys(FILES) as Job[]).map((job) => runsOf(folder, job)));
  return found.flat();
}

async function runsOf(folder: string, job: Job): Promise<FoundRun[]> {
  const names = await readdir(join(folder, job), { withFileTypes: true }).catch(noneWhereMissing);
  return names
    .filter((entry) => entry.isDirectory() && NAME.test(entry.name))
    .flatMap(({ name }) =>
      withRollbacks({ id: `${job}-${name}`, kind: job, path: join(folder, job, name), files: FILES[job] }),
    );
}

const withRollbacks = (run: FoundRun): FoundRun[] => [
  run,
  ...Object.entries(ROLLBACKS)
    .filter(([, { summary }]) => existsSync(join(run.path, summary)))
    .map(([name, files]) => ({ ...run, id: `${name}-${run.id}`, kind: "rollback" as const, files })),
];

function noneWhereMissing(error: NodeJS.ErrnoException): never[] {
  if (error.code === "ENOENT" || error.code === "ENOTDIR") return [];
  throw error;
}
