import { once } from "node:events";
import { createWriteStream, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { toTimestamp } from "../model/time.ts";
import { isRegrade, REGRADE_FILES, type RegradeCheckpoint } from "../service/jobs/regrade/regrade-checkpoint.ts";
import { takeBackGrades } from "../service/jobs/regrade/take-back-grades.ts";
import { type RollbackMode, type RollbackTally, runRollback } from "../service/jobs/rollback.ts";
import { rollbackFiles } from "../service/jobs/rollback-files.ts";
import type { Checkpoint } from "../service/jobs/run.ts";
import { changesOfRun } from "../service/jobs/run-changes.ts";
import { RunFolder } from "../service/jobs/run-folder.ts";
import { type CommandContext, leaseForCommand, openForCommand } from "./command.ts";
import { StartError } from "./start-error.ts";
import { INTERRUPTED } from "./stoppable.ts";

export type RollbackArguments = { run: string; dryRun: boolean; verify: boolean; force: boolean };

const SHOWN = 20;

/** Undoes a backfill or a regrade for an operator. @returns the exit code: 1 where a flag is not as before the run */
export async function runRollbackCommand(given: RollbackArguments): Promise<number> {
  if (given.dryRun && given.verify) throw new StartError("--dry-run and --verify exclude each other.");
  const checkpoint = checkpointOf(given.run);
  const context = await openForCommand((line) => console.log(line));
  try {
    if (checkpoint.target !== context.opened.target)
      throw new StartError(`The run was made on ${checkpoint.target}, and this is ${context.opened.target}.`);
    return await rollBack(given, checkpoint, context);
  } finally {
    await context.opened.close();
  }
}

function checkpointOf(path: string): Checkpoint | RegradeCheckpoint {
  const folder = new RunFolder(path);
  if (!folder.exists) throw new StartError(`There is no run in ${path}: it has no checkpoint.json.`);
  const checkpoint = folder.loadCheckpoint() as Checkpoint | RegradeCheckpoint;
  if (checkpoint.options.dryRun)
    throw new StartError(`${path} is a dry run: it changed nothing, and there is nothing to undo.`);
  return checkpoint;
}

function modeOf({ verify, dryRun }: Pick<RollbackArguments, "verify" | "dryRun">): RollbackMode {
  if (verify) return "verify";
  return dryRun ? "dry-run" : "write";
}

async function rollBack(
  { run: path, ...given }: RollbackArguments,
  checkpoint: Checkpoint | RegradeCheckpoint,
  { opened }: CommandContext,
): Promise<number> {
  const { run, finished } = checkpoint;
  const mode = modeOf(given);
  console.log(`run      ${run}${finished ? "" : ", which did not finish"}; ${MODE_TEXT[mode]}`);
  const stop = new AbortController();
  const interrupt = () => stop.abort();
  const lease = { run: `rollback-${run}`, segments: 1, from: 0, to: 0 };
  const release = mode === "write" ? await leaseForCommand(opened, lease, given.force, stop) : async () => {};
  process.on("SIGINT", interrupt).on("SIGTERM", interrupt);

  const startTime = toTimestamp(Date.now());
  const files = rollbackFiles(mode);
  const [summaryFile, notUndoneFile] = [join(path, files.summary), join(path, files.failures)];
  const kept = new EntryFile(notUndoneFile);
  try {
    const { store } = opened.connect("batch");
    let grades = 0;
    const first = async (learnerId: string) => {
      const { undone, left } = await takeBackGrades(store, { run, mode }, learnerId);
      grades += undone;
      return left;
    };
    const ofGrades = isRegrade(checkpoint);
    const entries = changesOfRun(path, finished, ofGrades ? REGRADE_FILES.changes : undefined);
    const tally = await runRollback(store, entries, mode, {
      ...(ofGrades && { first }),
      onNotUndone: (entry) => kept.add(entry, `  ${entry.contact_id}: ${entry.type} ${entry.slug}: ${entry.reason}`),
      signal: stop.signal,
    });
    await kept.close();
    const summary = {
      run,
      mode,
      ...snake(tally),
      ...(ofGrades && { grades_undone: grades }),
      start_time: startTime,
      end_time: toTimestamp(Date.now()),
      interrupted: stop.signal.aborted,
    };
    writeFileSync(`${summaryFile}.new`, `${JSON.stringify(summary, null, 2)}\n`);
    renameSync(`${summaryFile}.new`, summaryFile);
    if (ofGrades && mode !== "verify")
      console.log(`${grades} answers ${mode === "write" ? "have" : "would have"} their earlier grade again.`);
    report(tally, mode, notUndoneFile);
    if (stop.signal.aborted) {
      console.error("Interrupted. Run the same command again: what went back stays so.");
      return INTERRUPTED;
    }
    return tally.notUndone > 0 || (mode === "verify" && tally.undone > 0) ? 1 : 0;
  } finally {
    process.off("SIGINT", interrupt).off("SIGTERM", interrupt);
    await release().catch(() => {});
  }
}

const MODE_TEXT: Record<RollbackMode, string> = {
  write: "undoing it",
  "dry-run": "dry: nothing is written to the table",
  verify: "verifying that everything is as before it",
};

const snake = ({ undone, already, notUndone }: RollbackTally) => ({
  undone,
  already_as_before: already,
  not_undone: notUndone,
});

function report({ undone, already, notUndone }: RollbackTally, mode: RollbackMode, reasons: string): void {
  if (mode === "verify") {
    console.log(`${already} flags are as before the run, ${notUndone} are not.`);
  } else {
    console.log(
      `${undone} flags ${mode === "write" ? "went back" : "would go back"}, ${already} were as before already, ${notUndone} cannot go back.`,
    );
  }
  if (notUndone > 0) console.log(`The reasons are in ${reasons}`);
}

/** A JSON array in a file, an entry a line; the first few are also printed. */
class EntryFile {
  readonly #stream: ReturnType<typeof createWriteStream>;
  #count = 0;

  constructor(path: string) {
    this.#stream = createWriteStream(path);
  }

  add(entry: object, line: string): void {
    this.#stream.write(`${this.#count === 0 ? "[\n" : ",\n"}${JSON.stringify(entry)}`);
    if (this.#count++ < SHOWN) console.log(line);
  }

  async close(): Promise<void> {
    this.#stream.end(this.#count === 0 ? "[]\n" : "\n]\n");
    await once(this.#stream, "finish");
  }
}
