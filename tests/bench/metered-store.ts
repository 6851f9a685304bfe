import { createClient } from "../../src/store/dynamodb/client.ts";
import { meterClient } from "../../src/store/dynamodb/meter.ts";
import { createMissingTables } from "../../src/store/dynamodb/provision.ts";
import { createScanner } from "../../src/store/dynamodb/scan.ts";
import { createStore } from "../../src/store/dynamodb/store.ts";
import { tableNames } from "../../src/store/dynamodb/tables.ts";

/** What requests took: units as the store counts them, with those of indexes, and how many strong Queries were among them. */
export type Taken = { rcu: number; wcu: number; queries: number };

/** A store with new tables that tells what each work takes of it. */
export async function openMeteredStore(endpoint: string, prefix: string) {
  const client = createClient({ endpoint, region: "us-east-1", patience: "batch" });
  const tables = tableNames(prefix);
  await createMissingTables(client, tables);
  const meter = meterClient(client);
  let queries = 0;
  client.middlewareStack.add(
    (next, context) => (args) => {
      const { ConsistentRead } = args.input as { ConsistentRead?: boolean };
      if (context.commandName === "QueryCommand" && ConsistentRead) queries++;
      return next(args);
    },
    { step: "initialize" },
  );
  return {
    client,
    tables,
    meter,
    store: createStore(client, tables),
    scanner: createScanner(client, tables),
    async taken(work: () => Promise<unknown>): Promise<Taken> {
      const before = { ...meter, queries };
      await work();
      return { rcu: meter.rcu - before.rcu, wcu: meter.wcu - before.wcu, queries: queries - before.queries };
    },
  };
}
export type MeteredStore = Awaited<ReturnType<typeof openMeteredStore>>;
