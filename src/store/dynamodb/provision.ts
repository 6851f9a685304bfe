import {
  CreateTableCommand,
  type CreateTableCommandInput,
  DescribeTableCommand,
  ResourceInUseException,
  ResourceNotFoundException,
  waitUntilTableExists,
} from "@aws-sdk/client-dynamodb";
import type { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { call } from "./client.ts";
import { progressTable, recordsTable, type TableNames } from "./tables.ts";

const WAIT_SECONDS = 30;
/** What stands in for DynamoDB has a table at once, or nearly so. */
const FIRST_LOOK_SECONDS = 0.01;

/** Creates the tables that a development store does not have yet. On AWS the deployment makes them. */
export async function createMissingTables(
  client: DynamoDBDocumentClient,
  tables: TableNames,
  keepsFormer = false,
): Promise<void> {
  await call(createIfMissing(client, progressTable(tables.progress, keepsFormer)));
  await call(createIfMissing(client, recordsTable(tables.records, keepsFormer)));
}

async function createIfMissing(client: DynamoDBDocumentClient, table: CreateTableCommandInput): Promise<void> {
  const named = { TableName: table.TableName };
  try {
    await client.send(new DescribeTableCommand(named));
    return;
  } catch (error) {
    if (!(error instanceof ResourceNotFoundException)) throw error;
  }
  try {
    await client.send(new CreateTableCommand(table));
  } catch (error) {
    // Another process was faster.
    if (!(error instanceof ResourceInUseException)) throw error;
  }
  await waitUntilTableExists({ client, maxWaitTime: WAIT_SECONDS, minDelay: FIRST_LOOK_SECONDS, maxDelay: 1 }, named);
}
