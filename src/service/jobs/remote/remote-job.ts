import type { Bucket } from "../../../aws/bucket.ts";
import type { Catalog } from "../../../catalog/catalog.ts";
import type { Timestamp } from "../../../model/time.ts";
import type { Connection } from "../../../store/open-store.ts";
import type { Scanner } from "../../../store/scanner.ts";
import type { Meter } from "../../../store/usage.ts";
import type { FileNames } from "../run-folder.ts";
import type { SegmentDesk } from "../segment-desk.ts";
import type { Plan } from "./remote-run.ts";

/** What a segment is worked with: the plan's catalog, whatever has been published since. */
export type RemoteWork = { plan: Plan; catalog: Catalog; bucket: Bucket; connection: Connection; scanner: Scanner };

/** What a run came to. */
export type RemoteResult = { tally: unknown; consumed: Meter; endTime: Timestamp; seconds: number; catalog: Catalog };

/** What a job over segments is, to those who run it piece by piece; in a command, the same pieces go side by side. */
export type RemoteJob = {
  files: (plan: Pick<Plan, "options">) => FileNames;
  /**
   * Completes the plan of a new run by what is there, once nobody else writes to the table. Doing it twice gives the same.
   * @throws JobRefused where the plan asks for what is not there
   */
  prepare?(plan: Plan, around: { bucket: Bucket; now: number }): Promise<Plan>;
  /** @throws JobRefused where the plan asks for what this catalog has not */
  check?(plan: Plan, catalog: Catalog): void;
  emptyTally(): object;
  addTally(total: object, more: object): void;
  work(work: RemoteWork, desk: SegmentDesk<object, unknown>): Promise<void>;
  summarize(plan: Plan, result: RemoteResult): object;
};

/** Capacity units a second that one segment may take, so that all that run at once keep to what was asked for. */
export type Share = { maxRcu: number | null; maxWcu: number | null };

/** A job cannot do what it was asked to, and would not if it were asked again; the message says why, for people. */
export class JobRefused extends Error {
  constructor(message: string) {
    super(message);
    this.name = "JobRefused";
  }
}
