import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { readEnvironment } from "../process/environment.ts";
import { cannotOpen, StartError } from "./start-error.ts";

/**
 * Opens the file of the embedded store for a command that is about the file, and closes it after the work.
 * @throws StartError where the environment names another store, or the file cannot be opened
 */
export async function withEmbeddedFile<T>(work: (database: DatabaseSync, path: string) => Promise<T>): Promise<T> {
  const { store, dataDir } = readEnvironment();
  if (store.kind !== "embedded")
    throw new StartError("This is for the embedded store, and STORE names another. DynamoDB has backups of its own.");
  const [{ openFile }, { FILE_NAME }] = await Promise.all([
    import("../store/sqlite/open-file.ts"),
    import("../store/sqlite/data-folder.ts"),
  ]);
  const database = await openFile(dataDir, { mustExist: true }).catch(cannotOpen);
  try {
    return await work(database, join(dataDir, FILE_NAME));
  } finally {
    database.close();
  }
}
