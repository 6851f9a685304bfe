import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import dynalite from "dynalite";

export type EmbeddedStore = {
  endpoint: string;
  /** Whether another process runs it. */
  joined: boolean;
  close(): Promise<void>;
};

/** Longer than a client keeps an idle connection, so that none is cut under a request. */
const KEEP_ALIVE_MS = 120_000;
/** How long one waits for another that is opening the folder. */
const START_TIMEOUT_MS = 10_000;

/**
 * The DynamoDB that keeps its data in a folder. The first process to open the folder runs it and leaves its address
 * there; others join it. Data outlives a kill -9: the address that is left behind then answers nobody.
 * @throws Error when the folder cannot be opened
 */
export async function openEmbeddedStore(dataDir: string, { mustExist = false } = {}): Promise<EmbeddedStore> {
  const addressFile = join(dataDir, "store.json");
  const lockFile = join(dataDir, "store.lock");
  for (const deadline = Date.now() + START_TIMEOUT_MS; ; await sleep(100)) {
    const running = await runningEndpoint(addressFile, dataDir);
    if (running !== undefined) return { endpoint: running, joined: true, close: async () => {} };
    if (mustExist && !existsSync(join(dataDir, "dynamodb"))) throw new Error(`There are no data in ${dataDir}`);
    mkdirSync(dataDir, { recursive: true });
    // Of several that start at the same moment one opens the folder, and the others wait for its address.
    const owner = takeLock(lockFile);
    if (owner === process.pid) break;
    if (Date.now() > deadline)
      throw new Error(`${dataDir} is in use by process ${owner}. If that is no Waymark, remove ${lockFile}`);
  }
  endIterators();
  const server = dynalite({ path: join(dataDir, "dynamodb"), createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 });
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  await new Promise<void>((done, failed) => server.once("error", failed).listen(0, "127.0.0.1", done));
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  writeFileSync(addressFile, `${JSON.stringify({ endpoint, folder: resolve(dataDir), pid: process.pid })}\n`);

  return {
    endpoint,
    joined: false,
    async close() {
      rmSync(addressFile, { force: true });
      server.closeIdleConnections();
      await new Promise<void>((done) => server.close(() => done()));
      rmSync(lockFile, { force: true });
    },
  };
}

/** @returns the process that has the folder: this one, where nobody else that is alive has it */
function takeLock(lockFile: string): number {
  try {
    writeFileSync(lockFile, String(process.pid), { flag: "wx" });
    return process.pid;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
  const owner = Number(readFileSync(lockFile, { encoding: "utf8", flag: "a+" }));
  if (owner > 0 && owner !== process.pid && isAlive(owner)) return owner;
  // A process that was killed leaves its lock behind.
  rmSync(lockFile, { force: true });
  return owner;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
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

/** The address in the file, if the process that left it still serves this folder. */
async function runningEndpoint(addressFile: string, dataDir: string): Promise<string | undefined> {
  try {
    const { endpoint, folder, pid } = JSON.parse(readFileSync(addressFile, "utf8"));
    // The port and the id may since have gone to somebody else, but hardly both.
    process.kill(pid, 0);
    if (folder !== resolve(dataDir) || pid === process.pid) return undefined;
    const health = await fetch(endpoint, { signal: AbortSignal.timeout(1_000) });
    return (await health.text()).startsWith("healthy: dynamodb") ? endpoint : undefined;
  } catch {
    return undefined;
  }
}
