import { Command } from "commander";
import { runOnDynamoDb } from "../src/local/run-on-dynamodb.ts";

const program = new Command("start:dynamodb")
  .description(
    "Starts the service on a local DynamoDB in memory, to see its items as they are on AWS. They are gone when it stops.",
  )
  .option("--java", "use Amazon's DynamoDB Local, which needs Java, in place of dynalite", false)
  .allowExcessArguments(false)
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2))
  .parse();

await runOnDynamoDb(program.opts<{ java: boolean }>());
