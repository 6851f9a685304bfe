import { randomUUID } from "node:crypto";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import dynalite from "dynalite";
import { afterAll, beforeAll, describe, inject } from "vitest";
import { createClient } from "../../../src/store/dynamodb/client.ts";
import { createMissingTables } from "../../../src/store/dynamodb/provision.ts";
import { createRunLeases } from "../../../src/store/dynamodb/run-leases.ts";
import { createScanner } from "../../../src/store/dynamodb/scan.ts";
import { createStore } from "../../../src/store/dynamodb/store.ts";
import { type TableNames, tableNames } from "../../../src/store/dynamodb/tables.ts";
import { RUNS, type StoreRuns } from "../vitest/runs.ts";
import { knowExpressions } from "./known-expressions.ts";
import { rawItemsAt } from "./raw-dynamodb-items.ts";
import { sqliteStore } from "./sqlite-store.ts";
import type { StoreCall, StoreUnderTest } from "./store-under-test.ts";
import { askWithoutNetwork } from "./without-network.ts";

export type { StoreCall, StoreUnderTest };

export type TestStore = StoreUnderTest & {
  endpoint: string;
  client: DynamoDBDocumentClient;
  tables: TableNames;
  calls: StoreCall[];
};

/** What listens at an endpoint in this process. */
const servers = new Map<string, Server>();

/** Starts dynalite in memory, in this process. */
export async function startDynalite(): Promise<{ endpoint: string; server: Server }> {
  knowExpressions();
  const server = dynalite({ createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 });
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  servers.set(endpoint, server);
  server.once("close", () => servers.delete(endpoint));
  return { endpoint, server };
}

const WRITES = new Set(["UpdateItem", "PutItem", "DeleteItem", "BatchWriteItem", "TransactWriteItems"]);

/** Whether a request could write. */
export const isWrite = ({ command }: Pick<StoreCall, "command">): boolean => WRITES.has(command);

/** A store with empty tables of its own at an endpoint; what listens there in this process is asked without a network. */
export async function openTestStore(endpoint: string): Promise<TestStore> {
  // On a busy machine an emulator takes longer than somebody would wait for a page.
  const client = createClient({ endpoint, region: "us-east-1", patience: "batch" });
  const server = servers.get(endpoint);
  if (server) askWithoutNetwork(client, server);
  const calls: StoreCall[] = [];
  let writes = 0;
  client.middlewareStack.add(
    (next, context) => async (args) => {
      const call = {
        command: String(context.commandName).replace(/Command$/, ""),
        input: args.input as StoreCall["input"],
        units: 0,
        failed: false,
      };
      calls.push(call);
      if (isWrite(call)) writes++;
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
    raw: { ...rawItemsAt(client, tables), version: () => writes },
    calls,
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

/** What a property needs to know of the store that it is tried on. */
export type PropertyStore = {
  /** A store of its own for the tests around the call. @returns gives it, inside tests and hooks */
  newStore: () => () => StoreUnderTest;
  runs: StoreRuns;
};

/** Describes properties once on SQLite, at full count, and once on dynalite, where each case takes so much longer. */
export function describePropertyStores(name: string, test: (on: PropertyStore) => void): void {
  describe(`${name} on SQLite`, () => {
    test({ newStore: sqliteStore, runs: RUNS.sqlite });
  });
  describe(`${name} on dynalite`, () => {
    test({ newStore: dynaliteStore, runs: RUNS.dynalite });
  });
}
