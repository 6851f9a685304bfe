import type { TestProject } from "vitest/node";
import { startDynamoDbLocal } from "../../../src/local/dynamodb-local.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** Where DynamoDB Local listens; none where there is no Java. */
    dynamoDbLocal: string | undefined;
  }
}

export default async function setup({ provide }: TestProject): Promise<() => void> {
  const local = await startDynamoDbLocal();
  provide("dynamoDbLocal", local?.endpoint);
  return () => void local?.process.kill("SIGKILL");
}
