import { Command, Option } from "commander";
import { text } from "../src/commands/arguments.ts";
import { runCommand } from "../src/commands/command.ts";
import { ANSWER_FORMATS, runSqlCommand } from "../src/commands/sql-command.ts";

const program = new Command("sql")
  .description("Answers a query over an export, by DuckDB: its tables, and a view for each of the everyday questions.")
  .argument("<query>", "SQL, in quotes")
  .option("--from <dir>", "an export's folder; without it, one is made for this once", text)
  .addOption(new Option("--format <format>", "how the answer is written").choices(ANSWER_FORMATS).default("table"))
  .addHelpText(
    "after",
    `
Examples:
  $ npm run -s sql -- "show tables" --from=exports                        what there is
  $ npm run -s sql -- "from funnel order by enrolled desc" --from=exports
  $ npm run -s sql -- "from hardest_questions" --format=csv > questions.csv

Exit codes: 0 answered, 2 wrong SQL or nothing to work on.
docs/analytics.md lists the tables, with every column, and the views.`,
  )
  .allowExcessArguments(false)
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2))
  .parse();

await runCommand(() => runSqlCommand(program.args[0] as string, program.opts()));
