import { Command, InvalidArgumentError, Option } from "commander";
import { folder, text, whole } from "../src/commands/arguments.ts";
import { runBackfillCommand } from "../src/commands/backfill-command.ts";
import { awsOptions, forceOption, runCommand } from "../src/commands/command.ts";

const range = (text: string) => {
  const [, from, to] = /^(\d{1,6})-(\d{1,6})$/.exec(text) ?? [];
  if (from === undefined || Number(to) < Number(from))
    throw new InvalidArgumentError("Expected two segments, such as 0-3.");
  return { from: Number(from), to: Number(to) };
};

const program = new Command("backfill-completion-flags")
  .description(
    "Recalculates the completion flags of every learner from the stored facts and the catalog: sets flags that are " +
      "missing, and clears flags that the facts do not support. Try it with --dry-run first.",
  )
  .option("--dry-run", "write nothing to the table; the files show what a run would change", false)
  .option("--contact-id <id>", "only this learner", text)
  .option("--no-revoke", "only set flags, never clear one")
  .option("--revoke-unknown", "clear flags of what has no content file any more, too", false)
  .option("--skip-synced", "count learners whose flags are right as skipped_synced", false)
  .option("--batch-size <n>", "learners with differences that a segment settles at a time", whole(1), 50)
  .option(
    "--segments <n>",
    "parts of the table that are scanned side by side (default: 4; on AWS 100)",
    whole(1, 10_000),
  )
  .option("--segment-range <from-to>", "only these segments, such as 0-3; other machines take the others", range)
  .option("--concurrency <n>", "learners that are settled side by side", whole(1), 32)
  .option("--max-rcu <n>", "read capacity units a second, at most", whole(1))
  .option("--max-wcu <n>", "write capacity units a second, at most", whole(1))
  .addOption(
    new Option("--resume <run>", "go on with an interrupted run, by its name or folder, as it was begun")
      .argParser(text)
      .conflicts([
        "dryRun",
        "contactId",
        "revoke",
        "revokeUnknown",
        "skipSynced",
        "batchSize",
        "segments",
        "segmentRange",
        "concurrency",
      ]),
  )
  .option("--output-dir <dir>", "where the run's folder goes", folder, "verification-output/backfill")
  .addOption(forceOption());
for (const option of awsOptions()) program.addOption(option);
program
  .option("--verbose", "say more about each failure and change", false)
  .addHelpText(
    "after",
    `
Examples:
  $ npm run backfill -- --dry-run                 what would change? nothing is written
  $ npm run backfill -- --max-wcu=200             the real run, gently
  $ npm run backfill -- --resume=<run>            go on where it stopped
  $ npm run rollback -- --run=<folder> --dry-run  undo a run: what would go back?

Exit codes: 0 all went well, 1 a learner failed, 2 unusable arguments or nothing to work on, 130 interrupted.
The environment says where: STORE, DATA_DIR, TABLE_PREFIX, CONTENT_DIR. docs/operations.md has a checklist.`,
  )
  .allowExcessArguments(false)
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2))
  .parse();

await runCommand(() => runBackfillCommand(program.opts()));
