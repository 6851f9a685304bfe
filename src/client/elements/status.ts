import type { Value } from "./reads.ts";

export type Status = "open" | "started" | "completed" | "expired" | "locked";

/** Where the learner stands, in one word. */
export function statusOf(value: NonNullable<Value>): Status {
  if (value.status === "expired") return "expired";
  if (value.completed || value.completed_at) return "completed";
  if (value.locked) return "locked";
  return value.status === "started" || value.progress?.completed ? "started" : "open";
}
