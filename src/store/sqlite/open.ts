import { join } from "node:path";
import type { OpenStore, Patience } from "../open-store.ts";
import { Access } from "./access.ts";
import { FILE_NAME } from "./data-folder.ts";
import { GroupCommit } from "./group-commit.ts";
import { LogFlush } from "./log-flush.ts";
import { openFile } from "./open-file.ts";
import { createRunLeases } from "./run-leases.ts";
import { createScanner } from "./scan.ts";
import { createStore } from "./store.ts";

/** `flush`: what is answered is on the disk. `process`: it outlives this process, and what is flushed later, a power cut. */
export type Durability = "flush" | "process";

/** How long a write waits while other processes write. A page's is answered before its sender gives up. */
const PATIENCE_MS: Record<Patience, number> = { page: 5_000, batch: 60_000 };

const PROMISES: Record<Durability, string> = {
  flush: "each answer waits for the disk",
  process: "DURABILITY=process: a power cut may take the last moments",
};

/**
 * The store in one file of a folder, which other processes may have open at the same time.
 * @throws StoreFault that says what is wrong with the folder or the file
 */
export async function openSqliteStore(
  dataDir: string,
  { mustExist = false, durability = "flush" }: { mustExist?: boolean; durability?: Durability } = {},
): Promise<OpenStore> {
  const database = await openFile(dataDir, { mustExist });
  const flush = durability === "flush" ? new LogFlush(`${join(dataDir, FILE_NAME)}-wal`) : undefined;
  const group = new GroupCommit(database, flush);
  return {
    connect(patience) {
      // A page's answer waits once, at its end; a job writes down after each write that it is done.
      const access = new Access(database, group, {
        patience: PATIENCE_MS[patience],
        waitsForDisk: patience === "batch",
      });
      return {
        store: createStore(access),
        leases: createRunLeases(access),
        meter: { rcu: 0, wcu: 0 },
        scanner: () => createScanner(access),
        durable: () => access.durable(),
      };
    },
    prepare: async () => {},
    description: `embedded in ${join(dataDir, FILE_NAME)}, ${PROMISES[durability]}`,
    target: "embedded",
    async close() {
      await group.finish();
      database.close();
    },
  };
}
