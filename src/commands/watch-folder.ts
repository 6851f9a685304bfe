import { type FSWatcher, statSync, watch } from "node:fs";
import { join } from "node:path";

/** How long a folder that was put in another's place may go unnoticed. */
const POLL_MS = 1_000;
/** The folders that content is in; each may be a link. */
const PLACES = [".", "courses", "pathways", "modules"];

/**
 * Calls back after every change in a content folder, until it is closed.
 *
 * The operating system tells of changes in the folder that was there at the beginning. It says nothing when that folder
 * is moved away and another takes its place, or when a link on the way is made to lead elsewhere, as deployments do it.
 * So the identity of each folder is looked at as well, once a second.
 */
export function watchFolder(folder: string, changed: () => void, failed: (error: Error) => void): { close(): void } {
  let watcher: FSWatcher | undefined;
  let known = identityOf(folder);

  const listen = () => {
    watcher?.close();
    watcher = undefined;
    try {
      watcher = watch(folder, { recursive: true }, changed);
      watcher.on("error", failed);
    } catch (error) {
      // A folder that is gone for the moment is found by the next look, when something takes its place.
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") failed(error as Error);
    }
  };
  const look = () => {
    const found = identityOf(folder);
    if (found === known) return;
    known = found;
    listen();
    changed();
  };

  listen();
  const timer = setInterval(look, POLL_MS);
  return {
    close() {
      clearInterval(timer);
      watcher?.close();
    },
  };
}

/** Which folders are there, wherever links lead. A number that is free again may be given to the next folder. */
const identityOf = (folder: string): string =>
  PLACES.map((place) => {
    const found = statSync(join(folder, place), { bigint: true, throwIfNoEntry: false });
    return found === undefined ? "none" : `${found.dev}:${found.ino}:${found.birthtimeNs}`;
  }).join(" ");
