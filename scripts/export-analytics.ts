import { Command, Option } from "commander";
import { folder, text, whole } from "../src/commands/arguments.ts";
import { runCommand } from "../src/commands/command.ts";
import { FORMATS, runExportAnalyticsCommand } from "../src/commands/export-analytics-command.ts";

const program = new Command("export-analytics")
  .description(
    "Writes what analysts read of every learner into a folder of its own: typed tables, pseudonyms in place of ids. It may " +
      "go on beside a running service, and changes nothing in the store.",
  )
  .requiredOption("--output-dir <dir>", "where the run's folder goes", folder)
  .addOption(new Option("--format <format>", "parquet if it does not say").choices(FORMATS))
  .option("--incremental", "those learners alone who changed since the last run in the folder", false)
  .option("--identified", "a table with the learners' ids, beside the others", false)
  .option("--with-text", "also text that learners and staff wrote", false)
  .option("--tables <names>", "these tables alone, with commas between them", (names: string) => text(names).split(","))
  .option("--segments <n>", "parts of the table that are scanned side by side", whole(1, 10_000))
  .option("--concurrency <n>", "learners that are read side by side", whole(1), 32)
  .option("--max-rcu <n>", "read capacity units a second, at most", whole(1))
  .addOption(
    new Option("--resume <run>", "go on with an interrupted run, as it was begun")
      .argParser(text)
      .conflicts(["format", "incremental", "identified", "withText", "tables", "segments"]),
  )
  .option("--to <place>", "puts the run into S3 besides, as s3://bucket/prefix, for Athena", text)
  .addOption(
    new Option("--forget", "take deleted learners out of all runs in the folder; export first, to know who they are")
      .default(false)
      .conflicts(["format", "incremental", "identified", "withText", "tables", "segments", "resume", "to"]),
  )
  .addHelpText(
    "after",
    `
Examples:
  $ npm run export-analytics -- --output-dir=exports                  everything, as Parquet
  $ npm run export-analytics -- --output-dir=exports --incremental    what changed since
  $ npm run export-analytics -- --output-dir=exports --forget         without those who were deleted
  $ npm run sql -- "from funnel" --from=exports                       the first answer

Exit codes: 0 all is written, 1 a learner failed, 2 unusable arguments or nothing to work on, 130 interrupted.
The environment says where: STORE, DATA_DIR, TABLE_PREFIX, CONTENT_DIR, ANALYTICS_KEY. docs/analytics.md says more.`,
  )
  .allowExcessArguments(false)
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2))
  .parse();

await runCommand(() => runExportAnalyticsCommand(program.opts()));
