import type { Environment } from "../service/environment.ts";
import { createClient } from "../store/client.ts";
import { createMissingTables } from "../store/provision.ts";
import { createStore, type Store } from "../store/store.ts";
import { type TableNames, tableNames } from "../store/tables.ts";
import { openEmbeddedStore } from "./embedded-store.ts";

export type OpenStore = {
  store: Store;
  tables: TableNames;
  /** For people: which store it is. */
  description: string;
  close(): Promise<void>;
};

/** Opens the store that the environment names. Outside AWS, tables that are missing are made. */
export async function openStore({
  store: target,
  dataDir,
  tablePrefix,
  region,
  hasCredentials,
}: Environment): Promise<OpenStore> {
  const tables = tableNames(tablePrefix);
  const embedded = target.kind === "embedded" ? await openEmbeddedStore(dataDir) : undefined;
  const endpoint = target.kind === "endpoint" ? target.address : embedded?.endpoint;
  const client = createClient({ endpoint, region, hasCredentials: hasCredentials && !embedded });
  const close = async () => {
    client.destroy();
    await embedded?.close();
  };
  try {
    if (target.kind !== "aws") await createMissingTables(client, tables);
  } catch (error) {
    await close();
    throw error;
  }
  const description = embedded
    ? `embedded in ${dataDir}${embedded.joined ? " (run by another process)" : ""}`
    : (endpoint ?? `AWS ${region ?? ""}`.trim());
  return { store: createStore(client, tables), tables, description, close };
}
