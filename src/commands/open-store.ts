import type { Environment } from "../process/environment.ts";
import type { OpenStore } from "../store/open-store.ts";

/**
 * Opens the store that the environment names. Each store's code is loaded where it is used alone, because both have much
 * of it, and not every Node has SQLite.
 * @param mustExist where there is no store yet, say so and make none
 * @throws StoreFault that says why it cannot be opened
 */
export async function openStore(
  { store: target, dataDir, durability, tablePrefix, indexes, region, hasCredentials, logLevel }: Environment,
  { mustExist = false } = {},
): Promise<OpenStore> {
  if (target.kind === "embedded") {
    const { openSqliteStore } = await import("../store/sqlite/open.ts");
    return openSqliteStore(dataDir, { mustExist, durability });
  }
  const { openDynamoStore } = await import("../store/dynamodb/open.ts");
  const endpoint = target.kind === "endpoint" ? target.address : undefined;
  // They stand in the line of each request.
  const unitsAreRead = logLevel === "DEBUG" || logLevel === "INFO";
  return openDynamoStore({ endpoint, region, hasCredentials }, tablePrefix, { unitsAreRead, indexes });
}
