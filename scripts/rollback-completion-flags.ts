import { Command, Option } from "commander";
import { text, whole } from "../src/commands/arguments.ts";
import { awsOptions, forceOption, runCommand } from "../src/commands/command.ts";
import { runRollbackCommand } from "../src/commands/rollback-command.ts";

const program = new Command("rollback-completion-flags")
  .description(
    "Undoes a backfill or a regrade: gives each flag that the run changed its former attributes, where it still is what " +
      "the run made it, and each answer that it graded its earlier grade. What cannot go back is listed with the reason.",
  )
  .option("--run <folder>", "the run's folder, with its checkpoint.json; on AWS its name is enough", text)
  .option("--dry-run", "write nothing to the table; say what would go back", false)
  .option("--verify", "write nothing; say whether every flag is as it was before the run", false)
  .option("--max-rcu <n>", "read capacity units a second, at most", whole(1))
  .option("--max-wcu <n>", "write capacity units a second, at most", whole(1))
  .addOption(
    new Option("--resume <rollback>", "on AWS: go on with a rollback that stopped")
      .argParser(text)
      .conflicts(["dryRun", "verify"]),
  )
  .addOption(forceOption());
for (const option of awsOptions()) program.addOption(option);
program
  .addHelpText(
    "after",
    `
Examples:
  $ npm run rollback -- --run=<folder> --dry-run          what would go back? nothing is written
  $ npm run rollback -- --run=<folder>                    undo it
  $ npm run rollback -- --on=aws --run=<run>              have the deployment undo what it has done
  $ npm run rollback -- --on=aws --follow=<rollback>      follow that

Exit codes: 0 all went back, 1 some flags cannot go back, 2 unusable arguments or nothing to work on, 130 interrupted.
The environment says where: STORE, DATA_DIR, TABLE_PREFIX, CONTENT_DIR. docs/operations.md has a checklist.`,
  )
  .allowExcessArguments(false)
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2))
  .parse();

await runCommand(() => runRollbackCommand(program.opts()));
