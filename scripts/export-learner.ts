import { Command } from "commander";
import { runCommand } from "../src/commands/command.ts";
import { runExportCommand } from "../src/commands/export-command.ts";

const program = new Command("export-learner")
  .description(
    "Writes all that is stored of one learner to standard output, as one JSON document, however large; the same that " +
      "GET /learners/<id>/export answers.",
  )
  .requiredOption("--learner <id>", "the learner's id, as events name it: contactId, else the email in lower case")
  .addHelpText(
    "after",
    `
Example:
  $ npm run --silent export -- --learner=123 > learner-123.json

Exit codes: 0 all is written, 1 the store failed, 2 unusable arguments or nothing to work on.
The environment says where: STORE, DATA_DIR, TABLE_PREFIX, CONTENT_DIR. docs/operations.md says more.`,
  )
  .allowExcessArguments(false)
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2))
  .parse();

await runCommand(() => runExportCommand(program.opts()));
