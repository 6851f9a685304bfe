import { type AppError, type ErrorCode, isWorthRetrying } from "../../model/errors.ts";
import type { EventResult } from "../ingest/event-result.ts";

/**
 * What is to become of an event. `retried`: it may succeed when its message comes again. `refused`: it never will, and
 * somebody should see it. `dropped`: it never will, and nobody may keep it.
 */
export type Fate =
  | { kind: "accepted" }
  | { kind: "dropped" }
  | { kind: "retried"; cause: unknown }
  | { kind: "refused"; code: ErrorCode; reason: string };

/**
 * A queue has no order: what these say may be true only until an event that was sent earlier has arrived.
 * A message that has been received so often is not early any more. The queue itself gives a message up after five
 * times (its maxReceiveCount), without a reason, so ours comes before.
 */
const EARLY: ReadonlySet<ErrorCode> = new Set(["COMPLETION_NOT_REACHED", "MODULE_LOCKED"]);
const MAX_EARLY_RECEIVES = 4;

const MAX_REASON_LENGTH = 1_000;

export function fateOf(result: EventResult | { failure: unknown }, receiveCount: number): Fate {
  if ("failure" in result) return { kind: "retried", cause: result.failure };
  return result.error === undefined ? { kind: "accepted" } : fateOfError(result.error, receiveCount);
}

export function fateOfError(error: AppError, receiveCount: number): Fate {
  const { code } = error;
  // What is kept of a deleted learner must not come back through the dead letters.
  if (code === "LEARNER_DELETED") return { kind: "dropped" };
  const isEarly = EARLY.has(code) && receiveCount < MAX_EARLY_RECEIVES;
  if (isEarly || isWorthRetrying(code)) return { kind: "retried", cause: error };
  const faults = (error.extras.errors ?? []).map(({ path, message }) => (path ? `${path}: ${message}` : message));
  return { kind: "refused", code, reason: [error.message, ...faults].join(" ").slice(0, MAX_REASON_LENGTH) };
}
