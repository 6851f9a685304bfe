import { ResourceNotFoundException } from "@aws-sdk/client-dynamodb";
import type { Place } from "../../aws/connection.ts";
import { type OpenStore, StoreFault } from "../open-store.ts";
import type { Scanner } from "../scanner.ts";
import { createClient } from "./client.ts";
import { meterClient, meterUsage } from "./meter.ts";
import { createRunLeases } from "./run-leases.ts";
import { createScanner } from "./scan.ts";
import { createStore } from "./store.ts";
import { type Indexes, tableNames } from "./tables.ts";
import { createUnlisted } from "./unlisted.ts";

/**
 * The tables of a prefix in DynamoDB on AWS, or at an endpoint that stands for it. Nothing is asked of it yet.
 * @param unitsAreRead whether somebody reads what a page's requests consume: to work it out takes a store a tenth of its time
 */
export function openDynamoStore(
  place: Place,
  tablePrefix: string,
  { unitsAreRead = true, indexes = "listed" as Indexes } = {},
): OpenStore {
  const { endpoint, region } = place;
  const tables = tableNames(tablePrefix);
  const where = endpoint ?? `AWS${region === undefined ? "" : ` ${region}`}`;
  const clients: ReturnType<typeof createClient>[] = [];
  const clientFor = (patience: "page" | "batch") => {
    const client = createClient({ ...place, patience });
    clients.push(client);
    return client;
  };

  return {
    connect(patience, limits) {
      const client = clientFor(patience);
      // Whoever waits for an answer is told what it cost; a job has a meter of its own.
      const meter = patience === "batch" ? meterClient(client, limits) : { rcu: 0, wcu: 0 };
      if (patience === "page") meterUsage(client, unitsAreRead);
      return {
        store: createStore(client, tables, indexes),
        leases: createRunLeases(client, tables),
        meter,
        unlisted: createUnlisted(client, tables),
        durable: async () => {},
        scanner: (unitsPerPage) => tableThere(createScanner(client, tables, unitsPerPage), tables.progress, where),
      };
    },
    // On AWS the deployment makes the tables.
    async prepare() {
      if (endpoint === undefined) return;
      const { createMissingTables } = await import("./provision.ts");
      await createMissingTables(clientFor("page"), tables);
    },
    description: `${where}, table ${tables.progress}`,
    target: [endpoint === undefined ? "aws" : "endpoint", endpoint === undefined ? region : undefined, tables.progress]
      .filter(Boolean)
      .join(" "),
    close: async () => {
      for (const client of clients) client.destroy();
    },
  };
}

/** A table that is not there is a wrong setting far more often than an outage. */
const tableThere = (scanner: Scanner, table: string, where: string): Scanner => ({
  ...scanner,
  approximateItemCount: () =>
    scanner.approximateItemCount().catch((error: Error) => {
      if (!(error.cause instanceof ResourceNotFoundException)) throw error;
      throw new StoreFault(`There is no table ${table} in the store ${where}. Check STORE and TABLE_PREFIX.`, {
        cause: error,
      });
    }),
});
