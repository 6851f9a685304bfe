import pLimit from "p-limit";
import { digestOf, type LearnerId } from "../../model/learner.ts";
import { MINUTE_MS, type Timestamp, toTimestamp } from "../../model/time.ts";
import type { Log } from "../../process/log.ts";
import type { LearnerItems, Tombstone } from "../../store/learner-items.ts";
import { type DeletedItems, deleteItems } from "./delete-items.ts";

/** How old what a process knows may be when it takes an event. */
const MAX_AGE_MS = MINUTE_MS;
/** A tombstone bears its writer's time, and may come into the table after one that bears a later time. */
const OVERLAP_MS = 60 * MINUTE_MS;
const PURGES_AT_ONCE = 8;

type Dependencies = {
  store: Omit<LearnerItems, "itemsPage">;
  log: Pick<Log, "info">;
  now?: (() => number) | undefined;
};

/**
 * Who has been deleted, as one process knows it. An event may cost no extra request, so the tombstones are kept in
 * memory and looked at again at most once a minute, by a request that writes, beside its own writes. What was written
 * in that minute of a learner whom another process deleted is taken away by the next look. Whoever writes items of a
 * learner does it through `guarded`.
 */
export class Deletions {
  readonly #store: Dependencies["store"];
  readonly #log: Dependencies["log"];
  readonly #now: () => number;
  /** The first tombstone of each, by digest. */
  readonly #known = new Map<string, Tombstone>();
  #latest: Timestamp | undefined;
  #mustReadAll = true;
  #lookedAt: number | undefined;
  #looking: Promise<void> | undefined;
  /** Of whom something was written since the last look, and between that and the one before. */
  #written = new Set<LearnerId>();
  #writtenBefore = new Set<LearnerId>();

  constructor({ store, log, now = Date.now }: Dependencies) {
    this.#store = store;
    this.#log = log;
    this.#now = now;
  }

  /** Begins the first look. Nobody needs to wait: the first that writes does, and looks itself if this fails. */
  start(): void {
    this.look().catch(() => {});
  }

  /**
   * Reads what is new, and takes away what was written of those who turn out to be deleted.
   * @throws AppError STORE_UNAVAILABLE
   */
  async look(): Promise<void> {
    // One that is under way may have read too early.
    await this.#looking?.catch(() => {});
    await this.#begin();
  }

  /** Whether the learner was deleted, as far as this process knows without asking. */
  looksDeleted(learnerId: LearnerId): boolean {
    return this.#knownOf(learnerId) !== undefined;
  }

  /** When the learner was deleted; undefined for one who was not, or whose tombstones somebody has taken away since. */
  async deletedAt(learnerId: LearnerId): Promise<Timestamp | undefined> {
    if (this.looksDeleted(learnerId) && !(await this.#stands(learnerId))) await this.look();
    return this.#knownOf(learnerId)?.deletedAt;
  }

  /**
   * Runs what writes items of a learner.
   * @returns "deleted" where the learner has been deleted; nothing that was written is left then
   * @throws AppError STORE_UNAVAILABLE when it cannot be told who has been deleted; and what `write` throws
   */
  async guarded<T>(learnerId: LearnerId, write: () => Promise<T>): Promise<T | "deleted"> {
    if ((await this.deletedAt(learnerId)) !== undefined) return "deleted";
    const [written, looked] = await Promise.allSettled([write(), this.#lookIfDue()]);
    // Only now: a look that began while something was still being written has not seen all of it.
    this.#written.add(learnerId);
    if (this.looksDeleted(learnerId) && (await this.purge(learnerId))) return "deleted";
    if (looked.status === "rejected") throw looked.reason;
    if (written.status === "rejected") throw written.reason;
    return written.value;
  }

  /** Takes away what is stored of a deleted learner. @returns undefined for one who is not deleted, or no longer */
  async purge(learnerId: LearnerId): Promise<DeletedItems | undefined> {
    if (!(await this.#stands(learnerId))) return undefined;
    const items = await deleteItems(this.#store, learnerId);
    if (items.progress + items.records > 0) this.#log.info("Items of a deleted learner were taken away", items);
    return items;
  }

  /** Leaves a tombstone, unless the learner has one. @returns when the learner was deleted first */
  async mark(learnerId: LearnerId): Promise<Timestamp> {
    await this.look();
    const earlier = await this.deletedAt(learnerId);
    if (earlier !== undefined) return earlier;
    const tombstone = { deletedAt: toTimestamp(this.#now()), digest: digestOf(learnerId) };
    await this.#store.addTombstone(tombstone);
    this.#remember(tombstone);
    return tombstone.deletedAt;
  }

  /** Mostly nobody has been deleted, and then an event need not pay for a digest. */
  #knownOf(learnerId: LearnerId): Tombstone | undefined {
    return this.#known.size === 0 ? undefined : this.#known.get(digestOf(learnerId));
  }

  /** Asks the store whether the tombstone that is known is still there: an operator may let a learner return. */
  async #stands(learnerId: LearnerId): Promise<boolean> {
    const tombstone = this.#knownOf(learnerId);
    if (tombstone === undefined) return false;
    if (await this.#store.hasTombstone(tombstone)) return true;
    // There may be a later one, of another deletion.
    this.#known.delete(tombstone.digest);
    this.#mustReadAll = true;
    return false;
  }

  #lookIfDue(): Promise<void> | undefined {
    if (this.#looking) return this.#looking;
    const age = this.#lookedAt === undefined ? undefined : this.#now() - this.#lookedAt;
    return age !== undefined && age >= 0 && age < MAX_AGE_MS ? undefined : this.#begin();
  }

  #begin(): Promise<void> {
    this.#looking ??= this.#readAndMend().finally(() => {
      this.#looking = undefined;
    });
    return this.#looking;
  }

  async #readAndMend(): Promise<void> {
    const began = this.#now();
    const [written, before] = [this.#written, this.#writtenBefore];
    this.#written = new Set();
    const since = this.#mustReadAll ? undefined : this.#since(began);
    this.#mustReadAll = false;
    try {
      for (const tombstone of await this.#store.tombstones(since)) this.#remember(tombstone);
      const limit = pLimit(PURGES_AT_ONCE);
      const deleted = [...new Set([...before, ...written])].filter((learnerId) => this.looksDeleted(learnerId));
      await Promise.all(deleted.map((learnerId) => limit(() => this.purge(learnerId))));
    } catch (error) {
      for (const learnerId of written) this.#written.add(learnerId);
      this.#mustReadAll ||= since === undefined;
      throw error;
    }
    // A request that failed may leave a write on its way, so each learner is looked after twice.
    this.#writtenBefore = written;
    this.#lookedAt = began;
  }

  /** A clock that was ahead when somebody was deleted must not hide those who are deleted later. */
  #since(now: number): Timestamp | undefined {
    if (this.#latest === undefined) return undefined;
    return toTimestamp(Math.min(Date.parse(this.#latest), now) - OVERLAP_MS);
  }

  #remember(tombstone: Tombstone): void {
    const { deletedAt, digest } = tombstone;
    const first = this.#known.get(digest);
    if (first === undefined || deletedAt < first.deletedAt) this.#known.set(digest, tombstone);
    if (this.#latest === undefined || deletedAt > this.#latest) this.#latest = deletedAt;
  }
}
