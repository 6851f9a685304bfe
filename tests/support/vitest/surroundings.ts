import { accessSync, constants, statfsSync } from "node:fs";
import { resolve } from "node:path";

/** Where Linux keeps files in memory. */
const IN_MEMORY = "/dev/shm";
const ROOM = 4 * 1_024 ** 3;

function hasRoom(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK);
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize > ROOM;
  } catch {
    return false;
  }
}

/**
 * What tests, and the processes that they start, find in their environment. Their files are gone after them, so none
 * waits for a disk where memory has room; and what Node has compiled once serves all the services that are started.
 */
export const SURROUNDINGS: Record<string, string> = {
  NODE_COMPILE_CACHE: resolve(import.meta.dirname, "../../../node_modules/.cache/compiled"),
  ...(hasRoom(IN_MEMORY) && { TMPDIR: IN_MEMORY }),
};
