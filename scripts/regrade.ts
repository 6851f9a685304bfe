import { Command, Option } from "commander";
import { folder, text, whole } from "../src/commands/arguments.ts";
import { awsOptions, forceOption, runCommand } from "../src/commands/command.ts";
import { runRegradeCommand } from "../src/commands/regrade-command.ts";

const program = new Command("regrade")
  .description(
    "Grades the answers in the history again, by the quiz of today, and settles what follows from the new scores. The " +
      "first grade stays in the history beside the new one. Try it with --dry-run first.",
  )
  .option("--module <slug>", "the module whose quiz has changed", text)
  .option("--task <slug>", "only the answers to this task", text)
  .option("--dry-run", "write nothing to the table; the files show what a run would change", false)
  .option(
    "--segments <n>",
    "parts of the table that are scanned side by side (default: 4; on AWS 100)",
    whole(1, 10_000),
  )
  .option("--concurrency <n>", "learners that are graded side by side", whole(1), 32)
  .option("--max-rcu <n>", "read capacity units a second, at most", whole(1))
  .option("--max-wcu <n>", "write capacity units a second, at most", whole(1))
  .addOption(
    new Option("--resume <run>", "go on with an interrupted run, by its name or folder, as it was begun")
      .argParser(text)
      .conflicts(["module", "task", "dryRun", "segments", "concurrency"]),
  )
  .option("--output-dir <dir>", "where the run's folder goes", folder, "verification-output/regrade")
  .addOption(forceOption());
for (const option of awsOptions()) program.addOption(option);
program
  .addHelpText(
    "after",
    `
Examples:
  $ npm run regrade -- --module=ruby-strings --dry-run   what would change? nothing is written
  $ npm run regrade -- --module=ruby-strings             the real run
  $ npm run regrade -- --resume=<run>                    go on where it stopped
  $ npm run rollback -- --run=<folder>                   undo a run

Exit codes: 0 all went well, 1 a learner failed, 2 unusable arguments or nothing to work on, 130 interrupted.
The environment says where: STORE, DATA_DIR, TABLE_PREFIX, CONTENT_DIR. docs/operations.md has a checklist.`,
  )
  .allowExcessArguments(false)
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2))
  .parse();

await runCommand(() => runRegradeCommand(program.opts()));
