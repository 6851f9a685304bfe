import type { DatabaseSync } from "node:sqlite";
import { currentUsage } from "../usage.ts";
import { unavailable } from "./faults.ts";
import type { GroupCommit } from "./group-commit.ts";
import { Table } from "./table.ts";

/** How a store gets at its file: what it reads and tells was committed; `durable` tells when it is on the disk, too. */
export class Access {
  readonly database: DatabaseSync;
  readonly progress: Table;
  readonly records: Table;
  readonly #group: GroupCommit;
  readonly #patience: number;
  readonly #waitsForDisk: boolean;

  /**
   * @param patience milliseconds for which a write waits for other processes
   * @param waitsForDisk whether each write does, for a caller that keeps what it did in files of its own
   */
  constructor(database: DatabaseSync, group: GroupCommit, { patience, waitsForDisk = false }: Manner) {
    this.database = database;
    this.progress = new Table(database, "progress");
    this.records = new Table(database, "records");
    this.#group = group;
    this.#patience = patience;
    this.#waitsForDisk = waitsForDisk;
  }

  /** @throws AppError STORE_UNAVAILABLE */
  async read<T>(look: () => T): Promise<T> {
    const ended = startCall();
    try {
      return look();
    } catch (error) {
      throw unavailable(error);
    } finally {
      ended();
    }
  }

  /** Resolves once all that was told so far outlives a loss of power. @throws AppError STORE_UNAVAILABLE */
  async durable(): Promise<void> {
    try {
      await this.#group.durable();
    } catch (error) {
      throw unavailable(error);
    }
  }

  /** @param work as `GroupCommit.write` asks for it @throws AppError STORE_UNAVAILABLE, and what the work throws as one */
  async write<T>(work: () => T): Promise<T> {
    const ended = startCall();
    try {
      const outcome = await this.#group.write(work, this.#patience);
      if (this.#waitsForDisk) await this.#group.durable();
      return outcome;
    } catch (error) {
      throw unavailable(error);
    } finally {
      ended();
    }
  }
}

type Manner = { patience: number; waitsForDisk?: boolean };

/** @returns counts the call, and the time since */
function startCall(): () => void {
  const usage = currentUsage();
  const began = performance.now();
  return () => {
    if (usage === undefined) return;
    usage.calls++;
    usage.ms += performance.now() - began;
  };
}
