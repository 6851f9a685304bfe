import type { LimitFunction } from "p-limit";
import { AppError } from "../../../model/errors.ts";
import type { Meter } from "../../../store/usage.ts";
import type { SegmentDesk, SegmentStep } from "../segment-desk.ts";
import { Announcements } from "./announcements.ts";
import { names, type Parts, type RemoteRun, type SegmentRecord } from "./remote-run.ts";

/** So much is kept in memory of each file before it is written. */
const PART_BYTES = 8 * 1024 * 1024;
/** What a crash does again, and how long a run that is to stop goes on at most. */
const SAVE_INTERVAL_MS = 20_000;

/** Somebody else has written this segment's record: whoever that is goes on, and this worker must not. */
export class SegmentTaken extends Error {
  constructor(segment: number) {
    super(`Another worker has taken segment ${segment}`);
    this.name = "SegmentTaken";
  }
}

type Options<Tally> = {
  run: RemoteRun;
  /** With this worker's claim in it. */
  record: SegmentRecord;
  etag: string;
  intents: readonly unknown[];
  signal: AbortSignal;
  limit: LimitFunction;
  meter: Meter;
  addTally: (total: Tally, more: Tally) => void;
  clock: () => number;
};

/**
 * Where one segment is worked alone, by somebody with a bucket and little time. Entries are kept in memory until there are
 * enough for an object, or it is time to save; what is saved is the objects first, and then the record that counts them.
 */
export class BucketDesk<Tally> implements SegmentDesk<Tally, unknown> {
  readonly segment: number;
  readonly position: unknown;
  readonly intents: readonly unknown[];
  readonly signal: AbortSignal;
  readonly limit: LimitFunction;
  readonly #options: Options<Tally>;
  readonly #announcements: Announcements;
  readonly #before: Meter;
  #lines: Record<keyof Parts, string[]> = { changes: [], failures: [] };
  #bytes = 0;
  #record: SegmentRecord;
  #etag: string;
  #savedAt: number;
  /** Under which it is announced now. */
  #epoch: number;

  constructor(options: Options<Tally>) {
    const { record, intents, signal, limit, run } = options;
    this.#options = options;
    this.#record = record;
    this.#etag = options.etag;
    this.#epoch = record.epoch;
    this.#before = record.consumed;
    this.#savedAt = options.clock();
    this.segment = record.segment;
    this.position = record.position;
    this.intents = intents;
    this.signal = signal;
    this.limit = limit;
    this.#announcements = new Announcements(async (text, number) => {
      const name = names.intent({ segment: this.segment, epoch: this.#epoch }, record.claim, number);
      await run.bucket.write(run.folder + name, text);
      return name;
    });
  }

  get record(): SegmentRecord {
    return this.#record;
  }

  append(kind: keyof Parts, entries: readonly unknown[]): void {
    for (const entry of entries) {
      // As the whole file has them, so that the end has only to put the parts one behind the other.
      const line = `,\n${JSON.stringify(entry)}`;
      this.#bytes += Buffer.byteLength(line);
      this.#lines[kind].push(line);
    }
  }

  /** @throws AppError STORE_UNAVAILABLE, which is no failure of the learner who is announced */
  async announce(entry: unknown): Promise<void> {
    await this.#announcements.announce(entry).catch((cause: unknown) => {
      throw new AppError("STORE_UNAVAILABLE", "The bucket of the run cannot be written.", { cause });
    });
  }

  async commit({ position, tally, done, left }: SegmentStep<Tally, unknown>): Promise<void> {
    this.#options.addTally(this.#record.tally as Tally, tally);
    this.#record = { ...this.#record, position, done };
    const isDue = this.#options.clock() - this.#savedAt >= SAVE_INTERVAL_MS;
    if (!done && !isDue && this.#bytes < PART_BYTES) return;
    // No learner is in hand: what this worker announced is done, and stands in the parts.
    const { run } = this.#options;
    const announced = this.#announcements.restart().map((name) => run.folder + name);
    this.#epoch = this.#record.epoch + 1;
    await Promise.all(left.map((entry) => this.announce(entry)));
    await this.#save({ epoch: this.#epoch });
    if (announced.length > 0) await run.bucket.remove(announced);
  }

  /** Gives the segment back. What is in hand, and was announced, is for whoever comes next. */
  release(): Promise<void> {
    return this.#save({ claim: null });
  }

  async #save(more: Partial<SegmentRecord>): Promise<void> {
    const { run, meter } = this.#options;
    const parts = await this.#writeParts();
    const consumed = { rcu: this.#before.rcu + meter.rcu, wcu: this.#before.wcu + meter.wcu };
    const record = { ...this.#record, ...more, parts, consumed, generation: this.#record.generation + 1 };
    const etag = await run.saveSegment(record, this.#etag);
    if (etag === "lost") throw new SegmentTaken(this.segment);
    this.#etag = etag;
    this.#record = record;
    this.#lines = { changes: [], failures: [] };
    this.#bytes = 0;
    this.#savedAt = this.#options.clock();
  }

  /** What is written without being counted, since the record could not be, is written again. */
  async #writeParts(): Promise<Parts> {
    const { run } = this.#options;
    const parts = { ...this.#record.parts };
    for (const kind of ["changes", "failures"] as const) {
      const lines = this.#lines[kind];
      if (lines.length === 0) continue;
      await run.bucket.write(run.folder + names.part(kind, this.segment, parts[kind]++), lines.join(""));
    }
    return parts;
  }
}
