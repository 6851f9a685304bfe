import { Command } from "commander";
import { runCommand } from "../src/commands/command.ts";
import { runTokenCommand, type TokenOptions } from "../src/local/token-command.ts";

const program = new Command("token")
  .description("Mints a token that the service on this machine takes. The token alone goes to standard output.")
  .option("--learner <id>", "whose token it is: it may send and read that learner's events")
  .option("--scope <scopes>", "what else it allows: waymark:write, waymark:read or waymark:admin, several with commas")
  .option("--expires <time>", "how long it is good: 30m, 1h, 7d", "1h")
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2))
  .parse();

await runCommand(() => runTokenCommand(program.opts<TokenOptions>()));
