import { Command } from "commander";
import { file } from "../src/commands/arguments.ts";
import { runBackupCommand } from "../src/commands/backup-command.ts";
import { runCommand } from "../src/commands/command.ts";

const program = new Command("backup")
  .description(
    "Copies the embedded store, as it is at one moment, into a new file, while the service runs. To go back to it, stop " +
      "the service and put the copy in the place of waymark.db.",
  )
  .argument("<file>", "the copy; what is there already is not overwritten", file)
  .addHelpText(
    "after",
    `
Exit codes: 0 the copy is on the disk, 2 it cannot be made.
The environment says where: DATA_DIR. docs/embedded-store.md says more.`,
  )
  .allowExcessArguments(false)
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2))
  .parse();

await runCommand(() => runBackupCommand(program.args[0] as string));
