import { Command } from "commander";
import { runCheckStoreCommand } from "../src/commands/check-store-command.ts";
import { runCommand } from "../src/commands/command.ts";

new Command("check-store")
  .description(
    "Verifies the embedded store's file: that it is whole, and that every item in it is what was written and can be " +
      "read as what it is. A service may be running.",
  )
  .addHelpText(
    "after",
    `
Exit codes: 0 all is well, 1 something was found, 2 there is no such file or it cannot be opened.
The environment says where: DATA_DIR. docs/embedded-store.md says what to do.`,
  )
  .allowExcessArguments(false)
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2))
  .parse();

await runCommand(runCheckStoreCommand);
