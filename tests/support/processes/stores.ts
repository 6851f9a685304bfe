import { randomUUID } from "node:crypto";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { type DynamoDBDocumentClient, GetCommand, PutCommand } from "@aws-sdk/lib-dynamodb";
import dynalite from "dynalite";
import { afterAll, beforeAll, describe, inject } from "vitest";
import { createClient } from "../../../src/store/dynamodb/client.ts";
import { createMissingTables } from "../../../src/store/dynamodb/provision.ts";
import { createRunLeases } from "../../../src/store/dynamodb/run-leases.ts";
import { createScanner } from "../../../src/store/dynamodb/scan.ts";
import { createStore } from "../../../src/store/dynamodb/store.ts";
import { type TableNames, tableNames } from "../../../src/store/dynamodb/tables.ts";
import { sqliteStore } from "./sqlite-store.ts";
import type { RawItems, StoreCall, StoreUnderTest } from "./store-under-test.ts";

export type { StoreCall, StoreUnderTest };

export type TestStore = StoreUnderTest & {
  endpoint: string;
  client: DynamoDBDocumentClient;
  tables: TableNames;
  calls: StoreCall[];
};

/** Starts dynalite in memory, in this process. */
export async function startDynalite(): Promise<{ endpoint: string; server: Server }> {
  const server = dynalite({ createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 });
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  return { endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server };
}

/** A store with empty tables of its own at an endpoint. */
export async function openTestStore(endpoint: string): Promise<TestStore> {
  // On a busy machine an emulator takes longer than somebody would wait for a page.
  const client = createClient({ endpoint, region: "us-east-1", patience: "batch" });
  const calls: StoreCall[] = [];
  client.middlewareStack.add(
    (next, context) => async (args) => {
      const call = {
        command: String(context.commandName).replace(/Command$/, ""),
        input: args.input as StoreCall["input"],
        units: 0,
        failed: false,
      };
      calls.push(call);
      try {
        const result = await next({ ...args, input: { ...args.input, ReturnConsumedCapacity: "TOTAL" } });
        call.units =
          (result.output as { ConsumedCapacity?: { CapacityUnits?: number } }).ConsumedCapacity?.CapacityUnits ?? 0;
        return result;
      } catch (error) {
        call.failed = true;
        throw error;
      }
    },
    { step: "initialize", priority: "high" },
  );
  const tables = tableNames(`test-${randomUUID()}`);
  await createMissingTables(client, tables);
  calls.length = 0;
  return {
    endpoint,
    client,
    tables,
    store: createStore(client, tables),
    leases: createRunLeases(client, tables),
    scanner: () => createScanner(client, tables),
    raw: rawItemsAt(client, tables),
    calls,
  };
}

function rawItemsAt(client: DynamoDBDocumentClient, { progress: TableName }: TableNames): RawItems {
  return {
    async get(learner_id, entity) {
      const get = new GetCommand({ TableName, Key: { learner_id, entity }, ConsistentRead: true });
      const { Item } = await client.send(get);
      if (Item === undefined) return undefined;
      const { learner_id: _, entity: __, ...attributes } = Item;
      return attributes;
    },
    async put(learner_id, entity, attributes) {
      await client.send(new PutCommand({ TableName, Item: { learner_id, entity, ...attributes } }));
    },
  };
}

/** A store on a dynalite of its own, for the tests around it. @returns gives it, inside tests and hooks */
export function dynaliteStore(): () => TestStore {
  let server: Server;
  let opened: TestStore;
  beforeAll(async () => {
    const started = await startDynalite();
    server = started.server;
    opened = await openTestStore(started.endpoint);
  });
  afterAll(() => {
    opened?.client.destroy();
    server?.closeAllConnections();
    server?.close();
  });
  return () => opened;
}

/**
 * Describes the same tests once for dynalite and once for DynamoDB Local; the latter is skipped where there is no Java.
 * @param test gets a function that gives the store, usable inside tests and hooks
 */
export function describeStores(
  name: string,
  test: (open: () => TestStore, kind: "dynalite" | "DynamoDB Local") => void,
): void {
  describe(`${name} on dynalite`, () => {
    test(dynaliteStore(), "dynalite");
  });

  describe.skipIf(inject("dynamoDbLocal") === undefined)(`${name} on DynamoDB Local`, () => {
    let opened: TestStore;
    beforeAll(async () => {
      opened = await openTestStore(inject("dynamoDbLocal") as string);
    });
    afterAll(() => opened?.client.destroy());
    test(() => opened, "DynamoDB Local");
  });
}

/** Describes what holds of every store once for each: SQLite, dynalite, and DynamoDB Local where there is Java. */
export function describeEachStore(
  name: string,
  test: (open: () => StoreUnderTest, kind: "SQLite" | "dynalite" | "DynamoDB Local") => void,
): void {
  describe(`${name} on SQLite`, () => {
    test(sqliteStore(), "SQLite");
  });
  describeStores(name, test);
}
