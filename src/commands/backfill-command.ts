import { basename, join } from "node:path";
import { toTimestamp } from "../model/time.ts";
import type { LearnerChanges } from "../service/jobs/change.ts";
import { type BackfillOptions, segmentsOf } from "../service/jobs/options.ts";
import { readEntries } from "../service/jobs/read-entries.ts";
import { isRegrade } from "../service/jobs/regrade/regrade-checkpoint.ts";
import { type Checkpoint, newCheckpoint, runBackfill } from "../service/jobs/run.ts";
import { BACKFILL_FILES, RunFolder } from "../service/jobs/run-folder.ts";
import type { Failure } from "../service/jobs/settle-for-run.ts";
import { type Summary, summaryText } from "../service/jobs/summary.ts";
import { unitsPerPage } from "../service/jobs/units-per-page.ts";
import { type AwsArguments, awsTaskOf, checkAwsArguments, SEGMENTS } from "./aws-arguments.ts";
import { checkResumable } from "./check-resumable.ts";
import { type CommandContext, leaseForCommand, openForCommand } from "./command.ts";
import { findRun } from "./find-run.ts";
import { withJobsOnAws } from "./jobs-on-aws.ts";
import { nameOfRun } from "./name-of-run.ts";
import { type AwsRun, ownFolder, runOnAws } from "./on-aws.ts";
import { progressDisplay } from "./progress-display.ts";
import { StartError } from "./start-error.ts";
import { runStoppable } from "./stoppable.ts";

/** The command line, as the parser gives it. */
export type BackfillArguments = Omit<BackfillOptions, "segmentRange" | "segments"> &
  AwsArguments & {
    segments?: number;
    segmentRange?: BackfillOptions["segmentRange"];
    outputDir: string;
    verbose: boolean;
  };

/** Runs a backfill for an operator. @returns the exit code */
export async function runBackfillCommand(given: BackfillArguments): Promise<number> {
  const print = (line: string) => console.log(line);
  const options = optionsOf(given);
  const context = await openForCommand(print);
  try {
    if (given.on === "aws") return await runThere(given, options, context, print);
    return (await backfillIn(context, given, options, print)).code;
  } finally {
    await context.opened.close();
  }
}

/** What a run is to do, as its checkpoint keeps it. @throws StartError for options that exclude each other */
export function optionsOf({ segmentRange, ...given }: BackfillArguments): BackfillOptions {
  const {
    contactId,
    segments = SEGMENTS[given.on],
    dryRun,
    batchSize,
    skipSynced,
    concurrency,
    revoke,
    revokeUnknown,
    entities,
  } = given;
  const all = { from: 0, to: segments - 1 };
  if (segmentRange && segmentRange.to >= segments)
    throw new StartError(
      `--segment-range goes to ${segmentRange.to}, but the last of ${segments} segments is ${segments - 1}.`,
    );
  if (segmentRange && contactId !== undefined)
    throw new StartError("--segment-range and --contact-id exclude each other.");
  if (given.on === "aws" && (contactId !== undefined || segmentRange !== undefined))
    throw new StartError("--contact-id and --segment-range are for runs on this machine: leave --on=aws out.");
  checkAwsArguments(given);
  const how = { dryRun, batchSize, skipSynced, concurrency, revoke, revokeUnknown, entities };
  return { ...how, contactId, segments, segmentRange: segmentRange ?? all };
}

/** Runs a backfill on what is open already. @returns the exit code, and the run's folder */
export async function backfillIn(
  context: CommandContext,
  given: BackfillArguments,
  options: BackfillOptions,
  print: (line: string) => void,
): Promise<{ code: number; path: string }> {
  const { catalog, opened, itemCount } = context;
  const { store, meter, scanner } = opened.connect("batch", given);
  const { folder, checkpoint } =
    given.resume === undefined
      ? beginBackfill(given, options, catalog.version, opened.target)
      : resume(given, catalog.version, opened.target);

  if (options.contactId !== undefined) {
    const { items, progress, faults } = await store.read(options.contactId);
    if (items.size + progress.module.size + faults.length === 0)
      throw new StartError(`Nothing is stored of the learner ${options.contactId}.`);
  }
  const { run: name, options: running } = checkpoint;
  print(
    `run      ${name}${running.dryRun ? ", dry: nothing is written to the table" : ""}${given.resume === undefined ? "" : ", resumed"}`,
  );

  const stop = new AbortController();
  const lease = { run: name, segments: running.segments, ...running.segmentRange };
  const release = running.dryRun ? async () => {} : await leaseForCommand(context, lease, given.force, stop);
  const segments = segmentsOf(running).length;
  const display = progressDisplay(Math.round(itemCount * (segments / running.segments)));
  const pages = scanner(unitsPerPage(given.maxRcu, segments));
  const code = await runStoppable<Summary>({
    stop,
    display,
    inHand: "learners",
    work: () =>
      runBackfill(
        { store, scanner: pages, meter, catalog, folder, checkpoint, signal: stop.signal },
        ({ itemsRead, learners, seconds }) => display.update(itemsRead, learners, seconds),
      ),
    conclude: async (summary) => {
      await conclude(summary, folder, given.verbose, print);
      return summary.failed > 0 ? 1 : 0;
    },
    done: () => `${checkpoint.tally.processed + checkpoint.tally.failed} learners`,
    goOn: `npm run backfill -- --resume=${folder.path}`,
    // A lease that cannot be given back is seen to be dead.
  }).finally(() => release().catch(() => {}));
  return { code, path: folder.path };
}

/** The same on AWS: what the options are, and where the files come to, is as here. */
const runThere = (
  given: BackfillArguments,
  options: BackfillOptions,
  { environment, itemCount, opened }: CommandContext,
  print: (line: string) => void,
): Promise<number> =>
  withJobsOnAws(environment, (jobs) => {
    const task = awsTaskOf("backfill", given, () => options);
    return runOnAws(jobs, task, backfillOnAws(given, { itemCount, opened }, print));
  });

/** How a backfill on AWS is told of, and where its files come to. */
export const backfillOnAws = (
  { outputDir, verbose }: Pick<BackfillArguments, "outputDir" | "verbose">,
  { itemCount, opened }: Pick<CommandContext, "itemCount" | "opened">,
  print: (line: string) => void,
): AwsRun => ({
  job: "backfill",
  fetch: ownFolder(outputDir, BACKFILL_FILES),
  command: "npm run backfill --",
  itemCount,
  leases: opened.connect("page").leases,
  print,
  async conclude(summary, path) {
    await conclude(summary as Summary, new RunFolder(path), verbose, print);
    return (summary as Summary).failed > 0 ? 1 : 0;
  },
});

/** A new run with its folder. */
export function beginBackfill(
  { outputDir }: BackfillArguments,
  options: BackfillOptions,
  version: string,
  target: string,
) {
  const startTime = toTimestamp(Date.now());
  const { from, to } = options.segmentRange;
  const part = from === 0 && to === options.segments - 1 ? "" : `-segments-${from}-${to}`;
  const name = nameOfRun(startTime) + part;
  const folder = new RunFolder(join(outputDir, name));
  return { folder, checkpoint: newCheckpoint({ run: name, options, catalogVersion: version, target, startTime }) };
}

function resume({ resume: run = "", outputDir }: BackfillArguments, version: string, target: string) {
  const path = findRun(run, outputDir);
  const folder = new RunFolder(path);
  const checkpoint = folder.loadCheckpoint() as Checkpoint;
  if (isRegrade(checkpoint))
    throw new StartError(`The run ${basename(path)} is a regrade: npm run regrade -- --resume=${path}`);
  checkResumable(path, checkpoint, { catalogVersion: version, target });
  return { folder, checkpoint };
}

async function conclude(
  summary: Summary,
  folder: RunFolder,
  verbose: boolean,
  print: (line: string) => void,
): Promise<void> {
  if (verbose) await printEntries(folder, print);
  const notes = [`The files are in ${folder.path}`];
  if (summary.dry_run && summary.updated > 0)
    notes.push("Nothing was written to the table. Run again without --dry-run to write it.");
  print(`\n${summaryText(summary, notes)}`);
}

async function printEntries({ path }: RunFolder, print: (line: string) => void): Promise<void> {
  for await (const { contact_id, changes } of readEntries<LearnerChanges>(join(path, BACKFILL_FILES.changes)))
    for (const { type, slug, completed_at_before: was, completed_at_after: is } of changes)
      print(`  ${contact_id}: ${type} ${slug} ${was ?? "not complete"} -> ${is ?? "not complete"}`);
  for await (const { contact_id, entity, reason } of readEntries<{ contact_id: string } & Failure>(
    join(path, BACKFILL_FILES.failures),
  ))
    print(`  ${contact_id}: FAILED ${entity ?? ""} ${reason}`);
}
