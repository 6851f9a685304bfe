import type { DecisionKind } from "./decision.ts";
import type { EntityRef } from "./entity.ts";
import type { ErrorCode } from "./errors.ts";
import type { Timestamp } from "./time.ts";

/** `claim` is a completion that was checked, whether it was taken or not; `decision` what a person decided. */
export const ATTEMPT_KINDS = ["task", "score", "completion", "claim", "decision"] as const;
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
  /** Of a decision: which kind it is, and who took it. `reason` says why. */
  decision?: DecisionKind;
  by?: string;
  withdrawn?: true;
  /** Of a void: the event that it is about. */
  voids?: string;
  /** Of a grant: how many attempts. */
  count?: number;
  /** Of a waiver of what was completed elsewhere. */
  completedAt?: Timestamp;
  /** Of a decision: the flags that it changed. */
  changes?: FlagTrail[];
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

/** How a decision changed a flag; null is "not complete". */
export type FlagTrail = EntityRef & { before: TrailEnd | null; after: TrailEnd | null };
export type TrailEnd = { completedAt: Timestamp; expiresAt: Timestamp | null };
