import type { ErrorCode } from "./errors.ts";
import type { Timestamp } from "./time.ts";

/** `claim` is a completion that was checked, whether it was taken or not. */
export const ATTEMPT_KINDS = ["task", "score", "completion", "claim"] as const;
export type AttemptKind = (typeof ATTEMPT_KINDS)[number];

/** What a learner sent of a module, or claimed of whatever it may be, as the history keeps it. */
export type Attempt = {
  /** What its sender calls the event. */
  eventId: string;
  /** The event itself; of attempts that were kept before events had one, their id. */
  identity: string;
  occurredAt: Timestamp;
  /** None of attempts that were kept before this was; nor have they the next. */
  receivedAt?: Timestamp;
  /** The time that its event gives itself, where that lay ahead: an attempt of the same event at that time is no other. It is not kept. */
  statedAt?: Timestamp;
  /** What it was judged by. */
  catalogVersion?: string;
  moduleSlug?: string;
  courseSlug?: string;
  pathwaySlug?: string;
  kind: AttemptKind;
  /** Of a claim that the facts did not bear out, and why not. It may be accepted later, when it is sent again. */
  refused?: true;
  code?: ErrorCode;
  reason?: string;
  taskSlug?: string;
  score?: number;
  attested?: boolean;
  answers?: unknown;
  /** Which questions of a quiz were right, and a hash of the quiz that said so. */
  questions?: { id: string; correct: boolean; points: number }[];
  quizVersion?: string;
  scores?: Record<string, number>;
  completionData?: unknown;
};
