import { REGRADE_FILES } from "../service/jobs/regrade/regrade-checkpoint.ts";
import type { RegradeSummary } from "../service/jobs/regrade/regrade-summary.ts";
import { regradeSummaryText } from "../service/jobs/regrade/regrade-summary.ts";
import { runRegrade } from "../service/jobs/regrade/run-regrade.ts";
import { unitsPerPage } from "../service/jobs/units-per-page.ts";
import { awsTaskOf, checkAwsArguments } from "./aws-arguments.ts";
import { asked, beginRegrade, type RegradeArguments } from "./begin-regrade.ts";
import { type CommandContext, leaseForCommand, openForCommand } from "./command.ts";
import { withJobsOnAws } from "./jobs-on-aws.ts";
import { ownFolder, runOnAws } from "./on-aws.ts";
import { progressDisplay } from "./progress-display.ts";
import { runStoppable } from "./stoppable.ts";

/** Grades a module's answers anew for an operator. @returns the exit code: 1 where a learner failed */
export async function runRegradeCommand(given: RegradeArguments): Promise<number> {
  const print = (line: string) => console.log(line);
  checkAwsArguments(given);
  const context = await openForCommand(print);
  try {
    return await (given.on === "aws" ? runThere : run)(given, context, print);
  } finally {
    await context.opened.close();
  }
}

/** The same on AWS: what the options are, and where the files come to, is as here. */
const runThere = async (
  given: RegradeArguments,
  { environment, catalog, opened, itemCount }: CommandContext,
  print: (line: string) => void,
): Promise<number> => {
  const task = awsTaskOf("regrade", given, () => asked(given, catalog).options);
  return withJobsOnAws(environment, (jobs) =>
    runOnAws(jobs, task, {
      job: "regrade",
      fetch: ownFolder(given.outputDir, REGRADE_FILES),
      command: "npm run regrade --",
      itemCount,
      leases: opened.connect("page").leases,
      print,
      conclude: async (summary, path) => conclude(summary as RegradeSummary, path, print),
    }),
  );
};

function conclude(summary: RegradeSummary, path: string, print: (line: string) => void): number {
  print(`\n${regradeSummaryText(summary, notesOf(summary, path))}`);
  return summary.failed > 0 ? 1 : 0;
}

async function run(given: RegradeArguments, context: CommandContext, print: (line: string) => void): Promise<number> {
  const { catalog, opened, itemCount } = context;
  const { folder, checkpoint, module } = beginRegrade(given, { catalog, target: opened.target });
  const { store, meter, scanner } = opened.connect("batch", given);
  const { run: name, options } = checkpoint;
  print(`module   ${module.slug}${options.task === undefined ? "" : `, task ${options.task}`}`);
  const dry = options.dryRun ? ", dry: nothing is written to the table" : "";
  print(`run      ${name}${dry}${given.resume === undefined ? "" : ", resumed"}`);

  const stop = new AbortController();
  const lease = { run: `regrade-${name}`, segments: 1, from: 0, to: 0 };
  const release = options.dryRun ? async () => {} : await leaseForCommand(context, lease, given.force, stop);
  const display = progressDisplay(itemCount);
  const pages = scanner(unitsPerPage(given.maxRcu, options.segments));
  return runStoppable<RegradeSummary>({
    stop,
    display,
    inHand: "learners",
    work: () =>
      runRegrade(
        { store, scanner: pages, meter, catalog, module, folder, checkpoint, signal: stop.signal },
        ({ itemsRead, learners, seconds }) => display.update(itemsRead, learners, seconds),
      ),
    conclude: async (summary) => conclude(summary, folder.path, print),
    done: () => `${checkpoint.tally.processed + checkpoint.tally.failed} learners`,
    goOn: `npm run regrade -- --resume=${folder.path}`,
    // A lease that cannot be given back is seen to be dead.
  }).finally(() => release().catch(() => {}));
}

function notesOf({ dry_run, updated, failed }: RegradeSummary, path: string): string[] {
  const notes = [`The files are in ${path}`];
  if (dry_run && updated > 0) notes.push("Nothing was written to the table. Run again without --dry-run to write it.");
  if (!dry_run && updated > 0) notes.push(`Undo it with: npm run rollback -- --run=${path}`);
  if (failed > 0)
    notes.push("Read regrade-failures.json, mend what it names, and run again: what is right is left alone.");
  return notes;
}
