import { once } from "node:events";
import { createWriteStream, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { toTimestamp } from "../model/time.ts";
import { isRegrade, REGRADE_FILES, type RegradeCheckpoint } from "../service/jobs/regrade/regrade-checkpoint.ts";
import { rollbackFiles } from "../service/jobs/rollback-files.ts";
import { summarizeRollback } from "../service/jobs/rollback-summary.ts";
import type { NotUndone } from "../service/jobs/rollback-tally.ts";
import type { Checkpoint } from "../service/jobs/run.ts";
import { changesOfRun } from "../service/jobs/run-changes.ts";
import { RunFolder } from "../service/jobs/run-folder.ts";
import { runRollback } from "../service/jobs/run-rollback.ts";
import { checkAwsArguments } from "./aws-arguments.ts";
import { type CommandContext, leaseForCommand, openForCommand } from "./command.ts";
import { modeOf, type RollbackArguments } from "./rollback-arguments.ts";
import { rollBackOnAws } from "./rollback-on-aws.ts";
import { codeOf, isShown, MODE_TEXT, notUndoneLine, rollbackLines } from "./rollback-text.ts";
import { StartError } from "./start-error.ts";
import { INTERRUPTED, interruptible } from "./stoppable.ts";

/** Undoes a backfill or a regrade for an operator. @returns the exit code: 1 where a flag is not as before the run */
export async function runRollbackCommand(given: RollbackArguments): Promise<number> {
  if (given.dryRun && given.verify) throw new StartError("--dry-run and --verify exclude each other.");
  checkAwsArguments(given);
  if (given.on === "aws") return inContext((context) => rollBackOnAws(given, context, (line) => console.log(line)));
  if (given.resume !== undefined)
    throw new StartError(
      "--resume is for rollbacks on AWS. Here, give the same command again: what went back stays so.",
    );
  if (given.run === undefined) throw new StartError("Which run? Usage: npm run rollback -- --run=FOLDER --dry-run");
  const [path, checkpoint] = [given.run, checkpointOf(given.run)];
  return inContext((context) => {
    if (checkpoint.target !== context.opened.target)
      throw new StartError(`The run was made on ${checkpoint.target}, and this is ${context.opened.target}.`);
    return rollBack({ ...given, path }, checkpoint, context);
  });
}

async function inContext(use: (context: CommandContext) => Promise<number>): Promise<number> {
  const context = await openForCommand((line) => console.log(line));
  try {
    return await use(context);
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

async function rollBack(
  { path, ...given }: RollbackArguments & { path: string },
  checkpoint: Checkpoint | RegradeCheckpoint,
  context: CommandContext,
): Promise<number> {
  const { run, finished } = checkpoint;
  const mode = modeOf(given);
  console.log(`run      ${run}${finished ? "" : ", which did not finish"}; ${MODE_TEXT[mode]}`);
  const stop = new AbortController();
  const lease = { run: `rollback-${run}`, segments: 1, from: 0, to: 0 };
  const release = mode === "write" ? await leaseForCommand(context, lease, given.force, stop) : async () => {};

  const startTime = toTimestamp(Date.now());
  const files = rollbackFiles(mode);
  const [summaryFile, notUndoneFile] = [join(path, files.summary), join(path, files.failures)];
  const kept = new EntryFile(notUndoneFile);
  const isOfGrades = isRegrade(checkpoint);
  const undo = async () => {
    const entries = changesOfRun(path, finished, isOfGrades ? REGRADE_FILES.changes : undefined);
    const tally = await runRollback(context.opened.connect("batch", given).store, entries, mode, {
      regrade: isOfGrades ? run : undefined,
      onNotUndone: (entry) => kept.add(entry),
      signal: stop.signal,
    });
    await kept.close();
    const endTime = toTimestamp(Date.now());
    const interrupted = stop.signal.aborted;
    const summary = summarizeRollback({ run, mode, isOfGrades, startTime, endTime, interrupted }, tally);
    writeFileSync(`${summaryFile}.new`, `${JSON.stringify(summary, null, 2)}\n`);
    renameSync(`${summaryFile}.new`, summaryFile);
    for (const line of rollbackLines(summary, notUndoneFile)) console.log(line);
    if (!interrupted) return codeOf(summary);
    console.error("Interrupted. Run the same command again: what went back stays so.");
    return INTERRUPTED;
  };
  // A lease that cannot be given back is seen to be dead.
  return interruptible(() => stop.abort(), undo).finally(() => release().catch(() => {}));
}

/** A JSON array in a file, an entry a line; the first few are also printed. */
class EntryFile {
  readonly #stream: ReturnType<typeof createWriteStream>;
  #count = 0;

  constructor(path: string) {
    this.#stream = createWriteStream(path);
  }

  add(entry: NotUndone): void {
    this.#stream.write(`${this.#count === 0 ? "[\n" : ",\n"}${JSON.stringify(entry)}`);
    if (isShown(this.#count++)) console.log(notUndoneLine(entry));
  }

  async close(): Promise<void> {
    this.#stream.end(this.#count === 0 ? "[]\n" : "\n]\n");
    await once(this.#stream, "finish");
  }
}
