import { withEmbeddedFile } from "./embedded-file.ts";

/** Verifies the embedded store for an operator. @returns the exit code: 1 where something was found */
export function runCheckStoreCommand(): Promise<number> {
  return withEmbeddedFile(async (database, path) => {
    const { checkStore } = await import("../store/sqlite/check.ts");
    const { items, findings } = checkStore(database);
    for (const finding of findings) console.error(finding);
    const seen = `${path}: ${items.progress} items of progress, ${items.records} records`;
    if (findings.length === 0) {
      console.log(`${seen}: all is well`);
      return 0;
    }
    console.error(`${seen}: ${findings.length} ${findings.length === 1 ? "fault" : "faults"}`);
    console.error("Stop the service and put the last backup in the file's place (docs/embedded-store.md).");
    return 1;
  });
}
