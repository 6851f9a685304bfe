import type { Environment } from "../process/environment.ts";
import { createClient, type Patience } from "../store/dynamodb/client.ts";
import { tableNames } from "../store/dynamodb/tables.ts";
import { openEmbeddedStore } from "./embedded-store.ts";

export type OpenStore = {
  /** Makes a client of the store; it ends with the store. */
  connect(patience: Patience): ReturnType<typeof createClient>;
  tables: ReturnType<typeof tableNames>;
  /** For people: which store it is. */
  description: string;
  /** What a run's files say of it, so that they are not used on another: no folder, no address. */
  target: string;
  close(): Promise<void>;
};

/** Opens the store that the environment names. @throws Error when the embedded store's folder cannot be opened */
export async function openStore(
  { store: target, dataDir, tablePrefix, region, hasCredentials }: Environment,
  { mustExist = false } = {},
): Promise<OpenStore> {
  const embedded = target.kind === "embedded" ? await openEmbeddedStore(dataDir, { mustExist }) : undefined;
  const endpoint = target.kind === "endpoint" ? target.address : embedded?.endpoint;
  const tables = tableNames(tablePrefix);
  const clients: ReturnType<typeof createClient>[] = [];
  return {
    connect(patience) {
      const client = createClient({ endpoint, region, hasCredentials: hasCredentials && !embedded, patience });
      clients.push(client);
      return client;
    },
    tables,
    target: [target.kind, target.kind === "aws" ? region : undefined, tables.progress].filter(Boolean).join(" "),
    description: embedded
      ? `embedded in ${dataDir}${embedded.joined ? ", joined to the service that runs it" : ""}`
      : (endpoint ?? `AWS${region === undefined ? "" : ` ${region}`}`),
    async close() {
      for (const client of clients) client.destroy();
      await embedded?.close();
    },
  };
}
