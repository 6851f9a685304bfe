import { chmodSync, statSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as sleep } from "node:timers/promises";
import { StoreFault } from "../open-store.ts";
import { prepareFolder } from "./data-folder.ts";
import { type SqliteFault, sqliteFaultOf } from "./faults.ts";
import { APPLICATION_ID, MIGRATIONS, migrate, versionOf } from "./schema.ts";

/** How long SQLite itself waits for another process; whoever writes waits longer, without keeping others from reading. */
const BUSY_TIMEOUT_MS = 100;
const OPENING_TIMEOUT_MS = 10_000;
const CACHE_KIB = 4_096;
/** A checkpoint writes each page once, however often the log has it, and holds up the writer meanwhile: some 30 ms for these. */
const PAGES_OF_LOG = 4_000;
const LARGEST_IDLE_LOG = 64 * 1_024 * 1_024;

/**
 * Opens the store's file in a folder; makes both where they are not there, and brings the file up to our schema.
 * @throws StoreFault that says what is wrong, and what to do
 */
export async function openFile(dataDir: string, { mustExist }: { mustExist: boolean }): Promise<DatabaseSync> {
  const path = prepareFolder(dataDir, mustExist);
  for (const deadline = performance.now() + OPENING_TIMEOUT_MS; ; await sleep(20)) {
    try {
      return open(path);
    } catch (error) {
      // Several may begin with a new file at the same moment; and the last to close it has it for itself.
      if (sqliteFaultOf(error) !== "busy" || performance.now() > deadline) throw faultOf(path, error);
    }
  }
}

function open(path: string): DatabaseSync {
  mustBeOursOrNew(path);
  if ((statSync(path).mode & 0o077) !== 0) chmodSync(path, 0o600);
  const database = new DatabaseSync(path, { timeout: BUSY_TIMEOUT_MS, allowExtension: false, defensive: true });
  try {
    const { journal_mode: mode } = database.prepare("PRAGMA journal_mode = WAL").get() ?? {};
    if (mode !== "wal") throw withoutLocks(path);
    database.exec(
      // A commit waits for no disk: the log is flushed beside the event loop (LogFlush), or at checkpoints alone.
      `PRAGMA synchronous = NORMAL;
       PRAGMA wal_autocheckpoint = ${PAGES_OF_LOG};
       PRAGMA trusted_schema = OFF;
       PRAGMA secure_delete = ON;
       PRAGMA cache_size = -${CACHE_KIB};
       PRAGMA temp_store = MEMORY;
       PRAGMA journal_size_limit = ${LARGEST_IDLE_LOG}`,
    );
    migrate(database);
    // A file that can only be read is found out now, not by the first learner.
    database.exec("BEGIN IMMEDIATE; ROLLBACK");
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/** Looks without writing, because what is another program's stays as it is. */
function mustBeOursOrNew(path: string): void {
  if (statSync(path).size === 0) return;
  const database = new DatabaseSync(path, { readOnly: true, timeout: BUSY_TIMEOUT_MS, allowExtension: false });
  try {
    const id = Number(database.prepare("PRAGMA application_id").get()?.application_id);
    const tables = Number(database.prepare("SELECT count(*) AS tables FROM sqlite_schema").get()?.tables);
    if (id !== APPLICATION_ID && (id !== 0 || tables > 0))
      throw new StoreFault(`${path} is the database of another program. Name another DATA_DIR.`);
    const version = versionOf(database);
    if (version > MIGRATIONS.length)
      throw new StoreFault(
        `${path} was written by a newer Waymark (schema ${version}; this one knows ${MIGRATIONS.length}). ` +
          "Start that one, or name another DATA_DIR.",
      );
  } finally {
    database.close();
  }
}

const RESTORE = "Look at it with npm run check-store, and put the last backup in its place.";
const FAULTS: Record<SqliteFault, (path: string) => string> = {
  busy: (path) => `${path} is kept busy by another process. Wait for that one to end, or stop it.`,
  "read-only": (path) => `${path} cannot be written. Let the file and its folder be written, or name another DATA_DIR.`,
  unreadable: (path) =>
    `${path} cannot be read or written. Look after its disk (is it full?), or name another DATA_DIR.`,
  damaged: (path) => `${path} is damaged. ${RESTORE}`,
  full: (path) => `${path} cannot be written, because its disk is full. Make room, or name another DATA_DIR.`,
  "not to be opened": (path) =>
    `${path} cannot be opened. Let the file and its folder be read and written, or name another DATA_DIR.`,
  "without locks": (path) => withoutLocks(path).message,
  "no database": (path) => `${path} is no database, or its beginning is damaged. ${RESTORE}`,
};

const withoutLocks = (path: string) =>
  new StoreFault(`${path} is on a file system without locks or shared memory. Name a DATA_DIR on a local disk.`);

/** What is wrong with a file, for people. What is no fault of the file is thrown on as it is. */
export function faultOf(path: string, error: unknown): unknown {
  const fault = sqliteFaultOf(error);
  return fault === undefined ? error : new StoreFault(FAULTS[fault](path), { cause: error });
}
