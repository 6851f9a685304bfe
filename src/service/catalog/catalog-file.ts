import { closeSync, existsSync, fsyncSync, openSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { LoadedCatalog } from "../../catalog/load.ts";
import type { Environment } from "../../process/environment.ts";
import { makeFolder } from "../../store/make-folder.ts";
import type { CatalogPlace } from "./catalog-place.ts";
import { checkPacked } from "./check-packed.ts";
import { PublicationFault } from "./publication-fault.ts";

const FILE_NAME = "catalog.json";

/** A published catalog in a file on this machine. */
export type CatalogFile = CatalogPlace & {
  isThere(): boolean;
  /** Whether the file is another one than `published` has looked at last. */
  hasChanged(): boolean;
};

/** The file beside the store's data that goes before the content folder; undefined for a store that is not here. */
export const openCatalogFile = ({ store, dataDir }: Pick<Environment, "store" | "dataDir">): CatalogFile | undefined =>
  store.kind === "aws" ? undefined : catalogFile(join(dataDir, FILE_NAME));

export function catalogFile(path: string): CatalogFile {
  let seen: string | undefined;
  return {
    name: path,
    isThere: () => existsSync(path),
    hasChanged: () => identityOf(path) !== seen,
    async published() {
      // Before it is read: what takes its place meanwhile is another one then.
      seen = identityOf(path);
      return loadFile(path);
    },
    async publish(packed) {
      const temporary = `${path}.new`;
      try {
        makeFolder(dirname(path), 0o700);
        writeWhole(temporary, packed);
        renameSync(temporary, path);
        flushFolder(dirname(path));
      } catch (error) {
        rmSync(temporary, { force: true });
        throw cannot("written", path, error);
      }
    },
    async withdraw() {
      try {
        rmSync(path, { force: true });
        flushFolder(dirname(path));
      } catch (error) {
        throw cannot("taken away", path, error);
      }
    },
  };
}

async function loadFile(path: string): Promise<LoadedCatalog | undefined> {
  try {
    return await checkPacked(await readFile(path, "utf8"), basename(path));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    return { ok: false, faults: [{ file: basename(path), path: "", message: `Cannot be read (${code})` }] };
  }
}

/** What is renamed into its place is on the disk before. */
function writeWhole(path: string, text: string): void {
  const file = openSync(path, "w", 0o600);
  try {
    writeFileSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** A new name in a folder outlives a loss of power once the folder is on the disk. */
function flushFolder(path: string): void {
  const folder = openSync(path, "r");
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

/** Which file is there: one that is renamed into its place is another. */
function identityOf(path: string): string {
  const found = statSync(path, { bigint: true, throwIfNoEntry: false });
  return found === undefined ? "none" : `${found.dev}:${found.ino}:${found.mtimeNs}:${found.size}`;
}

const REASONS: Record<string, string> = {
  ENOSPC: "the disk is full",
  EDQUOT: "the disk quota is used up",
  EACCES: "permission denied",
  EPERM: "not permitted",
  EROFS: "the file system is read-only",
};

function cannot(what: string, path: string, error: unknown): PublicationFault {
  const { code = "", message } = error as NodeJS.ErrnoException;
  return new PublicationFault(
    `${path} cannot be ${what}: ${REASONS[code] ?? message}. What was published before stands. Mend that, and publish again.`,
    { cause: error },
  );
}
