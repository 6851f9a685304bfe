import type { Timestamp } from "./time.ts";

export type AttemptKind = "task_submitted" | "module_scored" | "module_completed";

/** What a learner sent of a module, as the history keeps it. */
export type Attempt = {
  /** What its sender calls the event. */
  eventId: string;
  /** The event itself; of attempts that were kept before events had one, their id. */
  identity: string;
  occurredAt: Timestamp;
  /** None of attempts that were kept before this was. */
  receivedAt?: Timestamp;
  moduleSlug: string;
  kind: AttemptKind;
  taskSlug?: string;
  score?: number;
  attested?: boolean;
  answers?: unknown;
  scores?: Record<string, number>;
  completionData?: unknown;
};
