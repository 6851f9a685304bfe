import { Command, Option } from "commander";
import { folder, text, whole } from "../src/commands/arguments.ts";
import { runCommand } from "../src/commands/command.ts";
import { runMigrateIndexesCommand } from "../src/commands/migrate-indexes-command.ts";

const program = new Command("migrate-indexes")
  .description(
    "Brings the items of an older deployment's tables to the lists of its new indexes, beside the service. Done twice, it " +
      "finds nothing more to do. A table that this release made needs none of it.",
  )
  .option("--dry-run", "write nothing to the tables; say how many items are in no list", false)
  .option("--segments <n>", "parts of a table that are scanned side by side", whole(1, 10_000), 4)
  .option("--concurrency <n>", "items that are written side by side", whole(1), 32)
  .option("--max-rcu <n>", "read capacity units a second, at most", whole(1))
  .option("--max-wcu <n>", "write capacity units a second, at most", whole(1))
  .addOption(
    new Option("--resume <run>", "go on with an interrupted run, by its name or folder, as it was begun")
      .argParser(text)
      .conflicts(["dryRun", "segments", "concurrency"]),
  )
  .option("--output-dir <dir>", "where the run's folder goes", folder, "verification-output/migrate-indexes")
  .addHelpText(
    "after",
    `
Examples:
  $ npm run migrate-indexes -- --dry-run       how many items are in no list? nothing is written
  $ npm run migrate-indexes -- --max-wcu=500   the real run
  $ npm run migrate-indexes -- --resume=<run>  go on where it stopped

Exit codes: 0 all went well, 1 the store failed, 2 unusable arguments or nothing to work on, 130 interrupted.
The environment says where: STORE, TABLE_PREFIX, AWS_REGION. docs/operations.md has a checklist.`,
  )
  .allowExcessArguments(false)
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2))
  .parse();

await runCommand(() => runMigrateIndexesCommand(program.opts()));
