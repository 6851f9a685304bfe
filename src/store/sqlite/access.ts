import type { DatabaseSync } from "node:sqlite";
import { currentUsage } from "../usage.ts";
import { unavailable } from "./faults.ts";
import type { GroupCommit } from "./group-commit.ts";
import { Table } from "./table.ts";

/** How a store gets at its file: what it reads was committed, and what it writes is as durable as promised. */
export class Access {
  readonly database: DatabaseSync;
  readonly progress: Table;
  readonly records: Table;
  readonly #group: GroupCommit;
  readonly #patience: number;

  /** @param patience milliseconds for which a write waits for other processes */
  constructor(database: DatabaseSync, group: GroupCommit, patience: number) {
    this.database = database;
    this.progress = new Table(database, "progress");
    this.records = new Table(database, "records");
    this.#group = group;
    this.#patience = patience;
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

  /** @param work as `GroupCommit.write` asks for it @throws AppError STORE_UNAVAILABLE, and what the work throws as one */
  async write<T>(work: () => T): Promise<T> {
    const ended = startCall();
    try {
      return await this.#group.write(work, this.#patience);
    } catch (error) {
      throw unavailable(error);
    } finally {
      ended();
    }
  }
}

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
