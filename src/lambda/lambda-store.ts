import type { Environment } from "../service/environment.ts";
import { createClient } from "../store/client.ts";
import { meterUsage } from "../store/meter.ts";
import { createStore, type Store } from "../store/store.ts";
import { tableNames } from "../store/tables.ts";

/** Why a Lambda cannot work on the store that its environment names. */
export const storeFaults = ({ store }: Environment): string[] =>
  store.kind === "embedded" ? ["STORE: a Lambda has no disk to embed a store in; set STORE=aws"] : [];

export function openLambdaStore({ store, tablePrefix, region, hasCredentials }: Environment): Store {
  const endpoint = store.kind === "endpoint" ? store.address : undefined;
  const client = createClient({ endpoint, region, hasCredentials });
  meterUsage(client);
  return createStore(client, tableNames(tablePrefix));
}
