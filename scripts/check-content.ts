import { runCheckContentCommand } from "../src/commands/check-content-command.ts";

process.exitCode = runCheckContentCommand(process.argv[2]);
