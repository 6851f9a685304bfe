import type { Timestamp } from "../model/time.ts";

/** A backfill or rollback that writes, as others see it in the table while it goes. */
export type RunLease = {
  run: string;
  host: string;
  pid: number;
  /** Of `segments`, those from `from` to `to`, both included. */
  segments: number;
  from: number;
  to: number;
  heartbeatAt: Timestamp;
};

export type RunLeases = {
  /** Every run that has leased the table, strongly consistent. */
  all(): Promise<RunLease[]>;
  /** Writes a lease or its next heartbeat. "lost" means that somebody has taken the lease away. */
  lease(lease: RunLease, isFirst: boolean): Promise<"written" | "lost">;
  /** Takes a lease away, unless somebody else has made it his own. */
  release(lease: Omit<RunLease, "heartbeatAt">): Promise<void>;
};
