import type { Bucket } from "../../../aws/bucket.ts";
import type { Timestamp } from "../../../model/time.ts";
import type { Meter } from "../../../store/usage.ts";
import type { FileNames } from "../run-folder.ts";

/** plan.json: what a run is, which nothing changes once it has begun. */
export type Plan = {
  job: string;
  run: string;
  options: { dryRun: boolean; concurrency: number; segments: number };
  catalogVersion: string;
  target: string;
  startTime: Timestamp;
};

/** How many parts of each of the run's files a segment has written. */
export type Parts = Record<"changes" | "failures", number>;

/** Who works a segment, and until when at most. */
export type Claim = { worker: string; until: number };

/** What is kept of a segment: all that is needed to go on with it, and to add it to the others at the end. */
export type SegmentRecord = {
  segment: number;
  /** How often this was written; what an invocation is told and answers. */
  generation: number;
  /** As its job says it; null at the beginning. */
  position: unknown;
  done: boolean;
  tally: unknown;
  consumed: Meter;
  parts: Parts;
  /** Raised with each commit: what was announced under an earlier number is done, or is announced anew. */
  epoch: number;
  claim: Claim | null;
};

const padded = (number: number) => String(number).padStart(8, "0");

/** What the files of a run on AWS are called in its bucket, below the run's own folder. */
export const names = {
  plan: "plan.json",
  checkpoint: "checkpoint.json",
  stop: "stop.json",
  /** There once somebody undoes the run, which then must not go on. */
  rolledBack: "rolled-back.json",
  /** Which execution works the run, or did last. */
  execution: "execution.json",
  /** Under which the run is worked. */
  catalog: "work/catalog.json",
  /** Everything that nobody needs once the run is finished is under this. */
  work: "work/",
  segments: "work/segments/",
  segment: (segment: number) => `work/segments/${padded(segment)}.json`,
  parts: (kind: keyof Parts, segment: number) => `work/${kind}/${padded(segment)}-`,
  part: (kind: keyof Parts, segment: number, number: number) =>
    `work/${kind}/${padded(segment)}-${padded(number)}.ndjson`,
  intents: (segment: number, epoch: number) => `work/intents/${padded(segment)}-${padded(epoch)}-`,
  /** In order of time: workers have a segment one after the other, and each until later. */
  intent: ({ segment, epoch }: Pick<SegmentRecord, "segment" | "epoch">, claim: Claim | null, number: number) =>
    `${names.intents(segment, epoch)}${String(claim?.until).padStart(15, "0")}-${claim?.worker}-${padded(number)}`,
};

/** A run's objects in a bucket. */
export class RemoteRun {
  readonly bucket: Bucket;
  readonly folder: string;

  constructor(bucket: Bucket, { job, run }: Pick<Plan, "job" | "run">) {
    this.bucket = bucket;
    this.folder = `${job}/${run}/`;
  }

  async plan(): Promise<Plan | undefined> {
    return this.json<Plan>(names.plan);
  }

  async json<T>(name: string): Promise<T | undefined> {
    const found = await this.bucket.read(this.folder + name);
    return found && (JSON.parse(found.text) as T);
  }

  /** @param was see `Bucket.write` */
  write(name: string, value: object, was?: string | null): Promise<string | "lost"> {
    return this.bucket.write(this.folder + name, `${JSON.stringify(value, null, 2)}\n`, was);
  }

  async segment(segment: number): Promise<{ record: SegmentRecord; etag: string } | undefined> {
    const found = await this.bucket.read(this.folder + names.segment(segment));
    return found && { record: JSON.parse(found.text) as SegmentRecord, etag: found.etag };
  }

  /**
   * Writes a segment's record where it is still the one with this ETag, or where there is none yet (null). An answer that
   * was lost on its way makes the client ask again, and then its own object is in its way: that one counts as written.
   */
  async saveSegment(record: SegmentRecord, etag: string | null): Promise<string | "lost"> {
    const written = await this.write(names.segment(record.segment), record, etag);
    if (written !== "lost") return written;
    const found = await this.segment(record.segment);
    const isOwn = found !== undefined && JSON.stringify(found.record) === JSON.stringify(record);
    return isOwn ? found.etag : "lost";
  }

  /** Whether somebody has asked the run to stop. */
  async isStopped(): Promise<boolean> {
    return (await this.bucket.read(this.folder + names.stop)) !== undefined;
  }

  /** The entries of all objects that begin so, in order of their names. */
  async entries(prefix: string): Promise<unknown[]> {
    const found: unknown[] = [];
    for await (const { key } of this.bucket.list(this.folder + prefix)) {
      const { text } = (await this.bucket.read(key)) ?? { text: "" };
      for (const line of text.split("\n")) if (line !== "") found.push(JSON.parse(line));
    }
    return found;
  }

  /** Takes away what nobody needs any more. */
  async removeWork(): Promise<void> {
    const keys: string[] = [];
    for await (const { key } of this.bucket.list(this.folder + names.work)) keys.push(key);
    await this.bucket.remove(keys);
  }
}

/** What a finished run's files are called. */
export const finalNames = ({ summary, changes, failures }: FileNames): string[] =>
  [summary, changes, failures, names.checkpoint].filter((name) => name !== undefined);
