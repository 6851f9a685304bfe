import { Command } from "commander";
import { runCheckContentCommand } from "../src/commands/check-content-command.ts";

new Command("check-content")
  .description("Checks a content folder: says what it holds, and every fault in it with file and path.")
  .argument("[folder]", "the folder; by default CONTENT_DIR, else content")
  .addHelpText("after", "\nExit codes: 0 no fault (what is odd is a warning), 1 faults, 2 unusable arguments.")
  .allowExcessArguments(false)
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2))
  .action((folder?: string) => {
    process.exitCode = runCheckContentCommand(folder);
  })
  .parse();
