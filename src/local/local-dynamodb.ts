import { createRequire } from "node:module";
import { type LocalDynamoDb, listenForPrograms } from "./for-programs.ts";

/** A DynamoDB in memory (dynalite). */
export async function startLocalDynamoDb(): Promise<LocalDynamoDb> {
  const { default: dynalite } = await import("dynalite");
  endIterators();
  const inner = dynalite({ createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 });
  return listenForPrograms((request, response) => void inner.emit("request", request, response));
}

type Iterator = { close(): Promise<void>; return?: () => Promise<void> };

/**
 * Dynalite ends the iterator of each Query by `return`, which iterators of the level that it comes with do not have, and
 * so keeps every one: some 15 KB for each Query, for as long as the service runs.
 */
function endIterators(): void {
  const level = createRequire(createRequire(import.meta.url).resolve("dynalite"))("abstract-level");
  for (const name of ["AbstractIterator", "AbstractKeyIterator", "AbstractValueIterator"]) {
    const iterator: Iterator | undefined = level[name]?.prototype;
    if (iterator === undefined) continue;
    iterator.return ??= function (this: Iterator) {
      return this.close();
    };
  }
}
