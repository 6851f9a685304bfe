import { Command, Option } from "commander";
import { folder, text, whole } from "../src/commands/arguments.ts";
import { forceOption, runCommand } from "../src/commands/command.ts";
import { runPublishCommand } from "../src/commands/publish-command.ts";

const program = new Command("publish-catalog")
  .description(
    "Releases content: checks it, says what differs from what is live and which learners would gain, lose or expire, puts " +
      "it where the service looks, waits until that has taken it, and settles the flags that it concerns. Try it with " +
      "--dry-run first.",
  )
  .option("--dry-run", "publish nothing; say what would happen", false)
  .option("--yes", "publish also what would end more than 1 % of an entity's completions", false)
  .option("--no-backfill", "publish alone, and settle no flags")
  .addOption(new Option("--on <place>", "for which service").choices(["here", "aws"]).default("here"))
  .option("--to <version>", "go back to a version that was published before, or to following the folder: content", text)
  .option("--max-rcu <n>", "read capacity units a second, at most", whole(1))
  .option("--max-wcu <n>", "write capacity units a second, at most", whole(1))
  .option(
    "--output-dir <dir>",
    "where the folders of the dry run and of the backfill go",
    folder,
    "verification-output/backfill",
  )
  .addOption(forceOption())
  .addHelpText(
    "after",
    `
Examples:
  $ npm run publish-catalog -- --dry-run        what differs, and what would become of learners?
  $ npm run publish-catalog                     the release
  $ npm run publish-catalog -- --to=<version>   back to an earlier one
  $ npm run publish-catalog -- --to=content     the service on this machine follows the folder again

Exit codes: 0 published, or nothing to do; 1 faulty content, a release that would end too many completions, or a learner
failed; 2 unusable arguments, or it cannot be published; 130 interrupted.
The environment says where: CONTENT_DIR, STORE, DATA_DIR, PORT of the service; on AWS TABLE_PREFIX, CATALOG_URI,
CATALOG_TTL. docs/operations.md has a checklist.`,
  )
  .allowExcessArguments(false)
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2))
  .parse();

await runCommand(() => runPublishCommand(program.opts()));
