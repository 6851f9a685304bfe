import type { Environment } from "../process/environment.ts";
import { openDynamoStore } from "../store/dynamodb/open.ts";
import type { OpenStore } from "../store/open-store.ts";
import { openEmbeddedStore } from "./embedded-store.ts";

/** Opens the store that the environment names. @throws Error when the embedded store's folder cannot be opened */
export async function openStore(
  { store: target, dataDir, tablePrefix, region, hasCredentials }: Environment,
  { mustExist = false } = {},
): Promise<OpenStore> {
  if (target.kind !== "embedded") {
    const endpoint = target.kind === "endpoint" ? target.address : undefined;
    return openDynamoStore({ endpoint, region, hasCredentials }, tablePrefix);
  }
  const embedded = await openEmbeddedStore(dataDir, { mustExist });
  const opened = openDynamoStore({ endpoint: embedded.endpoint, region }, tablePrefix);
  return {
    ...opened,
    target: `embedded ${tablePrefix}-progress`,
    description: `embedded in ${dataDir}${embedded.joined ? ", joined to the service that runs it" : ""}, table ${tablePrefix}-progress`,
    async close() {
      await opened.close();
      await embedded.close();
    },
  };
}
