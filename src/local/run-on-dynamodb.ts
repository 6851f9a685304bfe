import { StartError } from "../commands/start-error.ts";
import type { LocalDynamoDb } from "./for-programs.ts";
import { startGuardedDynamoDbLocal } from "./guarded-dynamodb-local.ts";
import { startLocalDynamoDb } from "./local-dynamodb.ts";
import { runServer } from "./run-server.ts";

/** Runs the service on a DynamoDB in memory, dynalite or Amazon's own, until somebody stops it. */
export async function runOnDynamoDb({ java }: { java: boolean }): Promise<void> {
  await runServer(async (environment) => {
    const { endpoint, close } = await (java ? startJava() : startLocalDynamoDb());
    console.log(`DynamoDB listens at ${endpoint}; commands reach it with STORE=${endpoint}`);
    return { environment: { ...environment, store: { kind: "endpoint", address: endpoint } }, close };
  });
}

async function startJava(): Promise<LocalDynamoDb> {
  const started = await startGuardedDynamoDbLocal();
  if (started === undefined)
    throw new StartError("There is no Java here, which DynamoDB Local needs. Leave --java out.");
  console.log("DynamoDB Local has a port that the network reaches, too: nobody finds these tables there.");
  return started;
}
