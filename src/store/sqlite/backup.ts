import { closeSync, fsyncSync, linkSync, openSync, rmSync } from "node:fs";
import type { DatabaseSync } from "node:sqlite";
import { StoreFault } from "../open-store.ts";
import { faultOf } from "./open-file.ts";

/**
 * Copies the store as it is at one moment into a new file, while others go on reading and writing. The file appears
 * under its name once it is whole and on the disk.
 * @throws StoreFault where the file is there already, or cannot be written
 */
export function backUp(database: DatabaseSync, file: string): void {
  const unfinished = `${file}.unfinished-${process.pid}`;
  try {
    // SQLite fills an empty file; made here, it is nobody else's to read.
    closeSync(openSync(unfinished, "wx", 0o600));
    database.prepare("VACUUM INTO ?").run(unfinished);
    flush(unfinished);
    linkSync(unfinished, file);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "EEXIST") throw new StoreFault(`${file} is there already, and is not overwritten. Name another file.`);
    const fault = faultOf(file, error);
    throw fault === error ? new StoreFault(`${file} cannot be written: ${message}`) : fault;
  } finally {
    rmSync(unfinished, { force: true });
  }
}

function flush(file: string): void {
  const opened = openSync(file, "r+");
  fsyncSync(opened);
  closeSync(opened);
}
