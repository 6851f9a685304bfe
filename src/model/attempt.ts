import type { Timestamp } from "./time.ts";

export type AttemptKind = "task_submitted" | "module_scored" | "module_completed";

/** What a learner sent of a module, as the history keeps it. */
export type Attempt = {
  eventId: string;
  occurredAt: Timestamp;
  moduleSlug: string;
  kind: AttemptKind;
  taskSlug?: string;
  score?: number;
  attested?: boolean;
  answers?: unknown;
  scores?: Record<string, number>;
  completionData?: unknown;
};
