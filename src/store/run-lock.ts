import type { Timestamp } from "../model/time.ts";

/** A backfill or rollback that writes, as others see it in the table while it goes. */
export type RunClaim = {
  run: string;
  host: string;
  pid: number;
  /** Of `segments`, those from `from` to `to`, both included. */
  segments: number;
  from: number;
  to: number;
  heartbeatAt: Timestamp;
};

export type RunLock = {
  /** Every run that has claimed the table, strongly consistent. */
  claims(): Promise<RunClaim[]>;
  /** Writes a claim or its next heartbeat. "lost" means that somebody has taken the claim away. */
  claim(claim: RunClaim, isFirst: boolean): Promise<"written" | "lost">;
  /** Takes a claim away, unless somebody else has made it his own. */
  release(claim: Omit<RunClaim, "heartbeatAt">): Promise<void>;
};
