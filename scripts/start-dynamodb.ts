import { Command } from "commander";
import { StartError } from "../src/commands/start-error.ts";
import { startDynamoDbLocal } from "../src/local/dynamodb-local.ts";
import { startLocalDynamoDb } from "../src/local/local-dynamodb.ts";
import { runServer } from "../src/local/run-server.ts";

const program = new Command("start:dynamodb")
  .description(
    "Starts the service on a local DynamoDB in memory, to see its items as they are on AWS. They are gone when it stops.",
  )
  .option("--java", "use Amazon's DynamoDB Local, which needs Java, in place of dynalite", false)
  .allowExcessArguments(false)
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2))
  .parse();

async function startJava() {
  const started = await startDynamoDbLocal();
  if (started === undefined)
    throw new StartError("There is no Java here, which DynamoDB Local needs. Leave --java out.");
  console.log("DynamoDB Local listens on every interface of this machine: use it where you trust the network.");
  const close = async () => void started.process.kill();
  return { endpoint: started.endpoint, close };
}

await runServer(async (environment) => {
  const { endpoint, close } = await (program.opts().java ? startJava() : startLocalDynamoDb());
  console.log(`DynamoDB listens at ${endpoint}; commands reach it with STORE=${endpoint}`);
  return { environment: { ...environment, store: { kind: "endpoint", address: endpoint } }, close };
});
