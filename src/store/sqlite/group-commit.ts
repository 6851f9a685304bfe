import type { DatabaseSync, StatementSync } from "node:sqlite";
import { sqliteFaultOf } from "./faults.ts";
import type { LogFlush } from "./log-flush.ts";

type Task = { work: () => unknown; until: number; resolve(value: unknown): void; reject(reason: unknown): void };

/** So much is done in one go, so that those who only read do not wait for many writers. */
const LARGEST_GROUP = 512;
const FIRST_PAUSE_MS = 1;
const LONGEST_PAUSE_MS = 50;

/**
 * Writes of all requests that wait at one moment go into one transaction and one flush, because a flush takes longer
 * than everything else together; and none is answered before it.
 *
 *   t1 requests A, B and C ask for writes   t2 the event loop has nothing else that is ready: BEGIN, A, B, C, COMMIT
 *   t3 A, B and C go on, and read           t4 the log is on the disk (LogFlush)   t5 A, B and C are answered
 */
export class GroupCommit {
  readonly #database: DatabaseSync;
  readonly #begin: StatementSync;
  readonly #commit: StatementSync;
  readonly #rollback: StatementSync;
  readonly #flush: LogFlush | undefined;
  #waiting: Task[] = [];
  #isDue = false;
  #pause = FIRST_PAUSE_MS;

  /** @param flush without one, what is committed is flushed whenever SQLite does so */
  constructor(database: DatabaseSync, flush?: LogFlush) {
    this.#database = database;
    this.#flush = flush;
    this.#begin = database.prepare("BEGIN IMMEDIATE");
    this.#commit = database.prepare("COMMIT");
    this.#rollback = database.prepare("ROLLBACK");
  }

  /**
   * Runs work in the next group, at once and not interrupted.
   * @param work looks as often as it likes, and then writes in at most one statement, so that nothing of it stands if
   * it throws; what others of its group wrote does
   * @param patience milliseconds for which it waits while another process writes
   * @returns what the work returned, once it is committed; `durable` tells when it is on the disk, too
   */
  write<T>(work: () => T, patience: number): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const task = { work, until: performance.now() + patience, resolve, reject };
      this.#waiting.push(task as Task);
      this.#schedule();
    });
  }

  /** @returns resolves once all that a reader may see now is as durable as the store promises; undefined if it is */
  durable(): Promise<void> | undefined {
    return this.#flush?.rest();
  }

  /** Writes what is still waiting, without a pause for anybody. */
  async finish(): Promise<void> {
    while (this.#waiting.length > 0) await this.write(() => {}, 0).catch(() => {});
    await this.#flush?.close();
  }

  #schedule(pause?: number): void {
    if (this.#isDue) return;
    this.#isDue = true;
    const write = () => {
      this.#isDue = false;
      this.#writeGroup();
      if (this.#waiting.length > 0) this.#schedule();
    };
    // The loop turns twice, so that requests that arrived while this turn was at work join, and a commit serves more of them.
    if (pause === undefined) setImmediate(() => setImmediate(write));
    else setTimeout(write, pause);
  }

  #writeGroup(): void {
    if (!this.#hasBegun()) return;
    const group = this.#waiting.splice(0, LARGEST_GROUP);
    const outcomes: (() => void)[] = [];
    try {
      for (const task of group) outcomes.push(this.#run(task));
      this.#commit.run();
    } catch (error) {
      // Nothing of the group stands: it is told so, and may be sent again.
      if (this.#database.isTransaction) this.#rollback.run();
      for (const { reject } of group) reject(error);
      return;
    }
    // Also where nothing was written: what was looked at may be another process's that has not flushed it yet.
    this.#flush?.committed();
    for (const tell of outcomes) tell();
  }

  /** @returns what the task is told once the group is committed @throws where SQLite has given the whole group up */
  #run({ work, resolve, reject }: Task): () => void {
    try {
      const value = work();
      return () => resolve(value);
    } catch (error) {
      if (!this.#database.isTransaction) throw error;
      return () => reject(error);
    }
  }

  /** Another process may be writing, for as long as one group takes. Nobody is kept from reading meanwhile. */
  #hasBegun(): boolean {
    try {
      this.#begin.run();
      this.#pause = FIRST_PAUSE_MS;
      return true;
    } catch (error) {
      const now = performance.now();
      const isBusy = sqliteFaultOf(error) === "busy";
      const isOver = ({ until }: Task) => !isBusy || until <= now;
      const over = this.#waiting.filter(isOver);
      this.#waiting = this.#waiting.filter((task) => !isOver(task));
      for (const { reject } of over) reject(error);
      if (this.#waiting.length > 0) this.#schedule(this.#pause);
      this.#pause = Math.min(this.#pause * 2, LONGEST_PAUSE_MS);
      return false;
    }
  }
}
