import { Command } from "commander";
import { text } from "../src/commands/arguments.ts";
import { runCommand } from "../src/commands/command.ts";
import { publishPages } from "../src/local/publish-pages.ts";

const program = new Command("publish-pages")
  .description(
    "Builds the files for browsers (client, pages, OpenAPI document) and puts them into the bucket that CloudFront serves.",
  )
  .requiredOption("--bucket <name>", "the deployment's output SiteBucket", text)
  .option("--dry-run", "shows what would be put there", false)
  .allowExcessArguments(false)
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2))
  .parse();

await runCommand(() => publishPages(program.opts()));
