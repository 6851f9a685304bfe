import { mkdirSync, statSync } from "node:fs";
import { dirname } from "node:path";

const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;

/**
 * Makes a folder, and those on the way to it that are not there. Node's own `recursive` never comes to an end where a
 * file system lets nobody make anything and says that there is no such place, as /proc does.
 * @throws what the operating system says
 */
export function makeFolder(path: string, mode = 0o777): void {
  try {
    mkdirSync(path, { mode });
    return;
  } catch (error) {
    // It was there before, or another process was faster.
    if (isFolder(path)) return;
    if ((error as NodeJS.ErrnoException).code !== "ENOENT" || isFolder(dirname(path))) throw error;
  }
  makeFolder(dirname(path), mode);
  makeFolder(path, mode);
}
