import { StoreFault } from "../store/open-store.ts";
import { withEmbeddedFile } from "./embedded-file.ts";
import { StartError } from "./start-error.ts";

/** Copies the embedded store for an operator, while a service may be running. @returns the exit code */
export function runBackupCommand(file: string): Promise<number> {
  return withEmbeddedFile(async (database, path) => {
    const { backUp } = await import("../store/sqlite/backup.ts");
    try {
      backUp(database, file);
    } catch (error) {
      throw error instanceof StoreFault ? new StartError(error.message) : error;
    }
    console.log(`${path} is copied to ${file}`);
    return 0;
  });
}
