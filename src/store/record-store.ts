import type { Attempt, AttemptKind } from "../model/attempt.ts";
import type { LearnerId } from "../model/learner.ts";
import type { Review, ReviewCard } from "../model/review.ts";
import type { Session } from "../model/session.ts";
import type { Timestamp } from "../model/time.ts";

/** Where a page of attempts ends. */
export type AttemptCursor = Pick<Attempt, "occurredAt" | "identity">;

export type AttemptsQuery = {
  limit: number;
  after?: AttemptCursor | undefined;
  moduleSlug?: string | undefined;
  kind?: AttemptKind | undefined;
  /** Of an event that its sender calls so. */
  eventId?: string | undefined;
};

/** What came with a completion of a module, and in which record of whose history it is. */
export type CompletionData = AttemptCursor & { learnerId: LearnerId; data: unknown };

/**
 * The history: what a learner sent, never altered by what comes later. A method that writes costs one write; one that reads,
 * a Query, and one more per further megabyte. Every method throws AppError STORE_UNAVAILABLE when the store fails.
 */
export type RecordStore = {
  /** When an event was first received: then, or else at `receivedAt`, which is kept from now on. */
  firstReceipt(learnerId: LearnerId, identity: string, receivedAt: Timestamp): Promise<Timestamp>;
  /**
   * Keeps an attempt, once however often it is sent. A claim that is accepted takes the place of itself refused, and a
   * decision with what it changed that of itself.
   */
  addAttempt(learnerId: LearnerId, attempt: Attempt): Promise<void>;
  /** Keeps a refused claim as `addAttempt` does, but that it takes the place of itself accepted. */
  refuseClaim(learnerId: LearnerId, attempt: Attempt): Promise<void>;
  /** Newest first, strongly consistent. */
  attempts(
    learnerId: LearnerId,
    query: AttemptsQuery,
  ): Promise<{ attempts: Attempt[]; next: AttemptCursor | undefined }>;
  /** Completion data of a module from all learners, oldest first, page by page; eventually consistent. */
  completionData(
    moduleSlug: string,
    range: { since?: Timestamp | undefined; until?: Timestamp | undefined },
  ): AsyncGenerator<CompletionData[]>;
  /** The start of a session; of several, the earliest stays. */
  startSession(learnerId: LearnerId, session: Session & { startedAt: Timestamp }): Promise<void>;
  /** The end of a session, once. "lost" where another event ended it. */
  endSession(
    learnerId: LearnerId,
    session: Session & { endedAt: Timestamp },
    identity: string,
  ): Promise<"written" | "lost">;
  /** A whole session, if there is none of its id. */
  addSession(learnerId: LearnerId, session: Session): Promise<void>;
  sessions(learnerId: LearnerId): Promise<Session[]>;
  /** A card to review, if there is none yet; reviews that came before it stay. */
  addCard(learnerId: LearnerId, card: Omit<ReviewCard, "reviews">): Promise<void>;
  /** Adds a review to its card. @returns the card with all its reviews; "full" where it has had MAX_REVIEWS others */
  addReview(
    learnerId: LearnerId,
    card: Pick<ReviewCard, "moduleSlug" | "itemId">,
    review: Review,
  ): Promise<ReviewCard | "full">;
  cards(learnerId: LearnerId): Promise<ReviewCard[]>;
};
