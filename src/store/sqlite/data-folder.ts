import { closeSync, existsSync, lstatSync, openSync, type Stats } from "node:fs";
import { join } from "node:path";
import { makeFolder } from "../make-folder.ts";
import { StoreFault } from "../open-store.ts";

export const FILE_NAME = "waymark.db";

/**
 * Sees to the folder that is to hold the store, and to an empty file in it for the store to begin with.
 * @param mustExist where there is nothing, say so and make nothing
 * @returns the path of the file
 * @throws StoreFault
 */
export function prepareFolder(dataDir: string, mustExist: boolean): string {
  const path = join(dataDir, FILE_NAME);
  prepare(dataDir, mustExist);
  const file = statOf(path);
  if (file?.isDirectory()) throw new StoreFault(`${path} is a folder, and should be the store's file. Move it away.`);
  if (file) mustBeOurs(path, file);
  if (file === undefined) {
    refuseOldStore(dataDir);
    if (mustExist) throw new StoreFault(`There are no data in ${dataDir}. Check DATA_DIR, or start the service first.`);
    makeFile(path);
  }
  return path;
}

function prepare(dataDir: string, mustExist: boolean): void {
  const folder = statOf(dataDir);
  if (folder && !folder.isDirectory())
    throw new StoreFault(`DATA_DIR ${dataDir} is not a folder. Name one, or one that can be made.`);
  if (folder) {
    mustBeOurs(dataDir, folder);
    return;
  }
  if (mustExist) throw new StoreFault(`There are no data in ${dataDir}. Check DATA_DIR, or start the service first.`);
  try {
    // What learners did is nobody else's to read.
    makeFolder(dataDir, 0o700);
  } catch (error) {
    throw new StoreFault(`DATA_DIR ${dataDir} cannot be made: ${reasonOf(error)}. Name a folder that can be written.`);
  }
}

function makeFile(path: string): void {
  try {
    closeSync(openSync(path, "wx", 0o600));
  } catch (error) {
    // Another process was faster.
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return;
    throw new StoreFault(
      `${path} cannot be made: ${reasonOf(error)}. Let its folder be written, or name another DATA_DIR.`,
    );
  }
}

/** Files that one user makes in another's folder lock the other out. */
function mustBeOurs(path: string, { uid }: Stats): void {
  const ours = process.getuid?.();
  if (ours !== undefined && uid !== ours)
    throw new StoreFault(
      `${path} belongs to another user (${uid}; this is ${ours}). Run this as that user, or name another DATA_DIR.`,
    );
}

/** Earlier releases kept a LevelDB of an emulator of DynamoDB in the folder. */
function refuseOldStore(dataDir: string): void {
  const old = [join(dataDir, "dynamodb"), dataDir].find((folder) => existsSync(join(folder, "CURRENT")));
  if (old !== undefined)
    throw new StoreFault(
      `${old} holds the store of an earlier Waymark (LevelDB files of dynalite), which this one does not read. ` +
        "Name another DATA_DIR, or move those files away to begin anew.",
    );
}

function statOf(path: string): Stats | undefined {
  try {
    return lstatSync(path, { throwIfNoEntry: false });
  } catch (error) {
    throw new StoreFault(`${path} cannot be reached: ${reasonOf(error)}. Check DATA_DIR.`);
  }
}

const REASONS: Record<string, string> = {
  EACCES: "permission denied",
  EPERM: "not permitted",
  EROFS: "the file system is read-only",
  // What Node says of a folder on a read-only file system, too.
  ENOENT: "nothing can be made there",
  ENOSPC: "the disk is full",
  ENOTDIR: "something on the way to it is a file, not a folder",
};
const reasonOf = (error: unknown): string => {
  const { code = "", message } = error as NodeJS.ErrnoException;
  return REASONS[code] ?? message;
};
