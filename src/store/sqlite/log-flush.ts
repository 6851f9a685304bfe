import { closeSync, fdatasync, openSync } from "node:fs";
import { promisify } from "node:util";

const flushToDisk = promisify(fdatasync);

/** The disk did not take what was committed. */
export class FlushFailed extends Error {
  constructor(cause: unknown) {
    super("The log could not be flushed to the disk", { cause });
    this.name = "FlushFailed";
  }
}

type Waiting = { upTo: number; resolve(): void; reject(reason: unknown): void };

/**
 * Flushes SQLite's log to the disk while the event loop goes on, since a flush takes longer than the events that it
 * is for. One is under way at a time, and what is committed meanwhile is the next one's.
 *
 *   t1 group A is committed: flush 1   t2 groups B and C are committed   t3 flush 1 ends: A is told; flush 2
 *   t4 flush 2 ends: B and C are told
 *
 * SQLite itself flushes what a checkpoint needs, whatever is flushed here (synchronous = NORMAL).
 */
export class LogFlush {
  readonly #log: number;
  readonly #sync: (log: number) => Promise<void>;
  #committed = 0;
  #flushed = 0;
  #isUnderWay = false;
  #waiting: Waiting[] = [];
  #failure: FlushFailed | undefined;

  /** @param path of the log, which is there as long as somebody has the database open */
  constructor(path: string, sync: (log: number) => Promise<void> = flushToDisk) {
    this.#log = openSync(path, "r");
    this.#sync = sync;
  }

  /** Says that something was committed. */
  committed(): void {
    this.#committed++;
    if (!this.#isUnderWay && !this.#failure) void this.#flush();
  }

  /** @returns resolves once all that is committed now is on the disk; undefined if it is already */
  rest(): Promise<void> | undefined {
    if (this.#failure) return Promise.reject(this.#failure);
    const upTo = this.#committed;
    if (upTo === this.#flushed) return undefined;
    return new Promise((resolve, reject) => this.#waiting.push({ upTo, resolve, reject }));
  }

  async close(): Promise<void> {
    await this.rest()?.catch(() => {});
    closeSync(this.#log);
  }

  async #flush(): Promise<void> {
    this.#isUnderWay = true;
    try {
      while (this.#flushed < this.#committed) {
        const upTo = this.#committed;
        await this.#sync(this.#log);
        this.#flushed = upTo;
        for (const { resolve } of this.#take((one) => one.upTo <= upTo)) resolve();
      }
    } catch (reason) {
      // What the disk refused once is forgotten by the operating system: a later flush would succeed, behind a gap
      // in the log at which a restart ends. So nothing is acknowledged any more until the service is started again.
      this.#failure = new FlushFailed(reason);
      for (const { reject } of this.#take(() => true)) reject(this.#failure);
    } finally {
      this.#isUnderWay = false;
    }
  }

  #take(which: (one: Waiting) => boolean): Waiting[] {
    const taken = this.#waiting.filter(which);
    this.#waiting = this.#waiting.filter((one) => !which(one));
    return taken;
  }
}
