import { join } from "node:path";
import type { OpenStore, Patience } from "../open-store.ts";
import { Access } from "./access.ts";
import { FILE_NAME } from "./data-folder.ts";
import { GroupCommit } from "./group-commit.ts";
import { type Durability, openFile } from "./open-file.ts";
import { createRunLeases } from "./run-leases.ts";
import { createScanner } from "./scan.ts";
import { createStore } from "./store.ts";

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
  const database = await openFile(dataDir, { mustExist, durability });
  const group = new GroupCommit(database);
  return {
    connect(patience) {
      const access = new Access(database, group, PATIENCE_MS[patience]);
      return {
        store: createStore(access),
        leases: createRunLeases(access),
        meter: { rcu: 0, wcu: 0 },
        scanner: () => createScanner(access),
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
