import { Argument, Command, Option } from "commander";
import { folder, text, whole } from "../src/commands/arguments.ts";
import { forceOption, runCommand } from "../src/commands/command.ts";
import { runImportCommand } from "../src/commands/import-command.ts";

const program = new Command("import-completions")
  .description(
    "Brings along what learners did elsewhere: the rows of a file become events of a trusted sender, with their own " +
      "dates. A mapping says what each column means. Try it with --dry-run first.",
  )
  .addArgument(new Argument("[file]", "CSV, or a JSON document on each line").argParser(text))
  .option("--mapping <file>", "what the rows mean, as JSON; docs/import.md has examples", text)
  .addOption(new Option("--format <format>", "csv or ndjson; by the file's name without").choices(["csv", "ndjson"]))
  .option("--dry-run", "judge every row, write nothing to the store", false)
  .addOption(
    new Option("--resume <run>", "go on with an interrupted run, by its name or folder, as it was begun")
      .argParser(text)
      .conflicts(["mapping", "format", "dryRun"]),
  )
  .option("--max-rcu <n>", "read capacity units a second, at most", whole(1))
  .option("--max-wcu <n>", "write capacity units a second, at most", whole(1))
  .option("--output-dir <dir>", "where the run's folder goes", folder, "verification-output/import")
  .addOption(forceOption())
  .option("--schema", "print the mapping's JSON Schema, and do nothing else", false)
  .addHelpText(
    "after",
    `
Examples:
  $ npm run import -- lms.csv --mapping=lms.json --dry-run   what would be taken, and what not, and why?
  $ npm run import -- lms.csv --mapping=lms.json             the real run; again, it adds nothing
  $ npm run import -- --resume=<run>                         go on where it stopped

Exit codes: 0 all went well, 1 a row was refused, 2 unusable arguments or nothing to work on, 130 interrupted.
The environment says where: STORE, DATA_DIR, TABLE_PREFIX, CONTENT_DIR. docs/import.md says more.`,
  )
  .allowExcessArguments(false)
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2))
  .parse();

await runCommand(() => runImportCommand({ ...program.opts(), file: program.args[0] }));
