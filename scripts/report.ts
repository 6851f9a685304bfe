import { Command } from "commander";
import { file, text } from "../src/commands/arguments.ts";
import { runCommand } from "../src/commands/command.ts";
import { runReportCommand } from "../src/commands/report-command.ts";

const program = new Command("report")
  .description("Draws what learners do and complete into one page, which needs no network and no script.")
  .option("--from <dir>", "an export's folder; without it, one is made for this once", text)
  .option("--out <file>", "the page", file, "report.html")
  .addHelpText(
    "after",
    `
Examples:
  $ npm run report                                        of what is in the store now
  $ npm run report -- --from=exports --out=june.html      of an export

Exit codes: 0 drawn, 2 nothing to work on.
docs/analytics.md says what each figure means.`,
  )
  .allowExcessArguments(false)
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2))
  .parse();

await runCommand(() => runReportCommand(program.opts()));
