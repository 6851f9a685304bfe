import { Command, Option } from "commander";
import { whole } from "../src/commands/arguments.ts";
import { forceOption, runCommand } from "../src/commands/command.ts";
import { runSampleDataCommand } from "../src/commands/sample-data-command.ts";

const program = new Command("sample-data")
  .description(
    "Fills a store with made-up learners, so that there is something to look at. The same seed makes the same learners.",
  )
  .option("--learners <n>", "how many", whole(1, 1_000_000), 500)
  .option("--seed <n>", "which", whole(1), 1)
  .option("--days <n>", "so many days ago the first of them came", whole(1, 10_000), 540)
  .addOption(
    new Option("--until <time>", "nothing happens later; today, if it does not say")
      .argParser((value: string) => new Date(value).toISOString())
      .default(`${new Date().toISOString().slice(0, 10)}T00:00:00.000Z`),
  )
  .addOption(forceOption().default(false))
  .addHelpText(
    "after",
    `
Examples:
  $ DATA_DIR=.sample npm run sample-data                     500 learners in a store of their own
  $ DATA_DIR=.sample npm run report -- --out=report.html     what they did, as a picture

Exit codes: 0 all is stored, 1 the store failed, 2 unusable arguments or a store that has learners.
The environment says where: STORE, DATA_DIR, TABLE_PREFIX, CONTENT_DIR. docs/analytics.md says more.`,
  )
  .allowExcessArguments(false)
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2))
  .parse();

await runCommand(() => runSampleDataCommand(program.opts()));
