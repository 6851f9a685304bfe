import type { Waiver } from "../../model/decision.ts";
import type { Timestamp } from "../../model/time.ts";

/** How and when a term ends. */
export type TermEnd = { at: Timestamp; by: "renewed" | "expired" | "reset" };

/** One completed term of a course or pathway. */
export type Term = {
  /** The moment from which what was done counts for it. */
  opensAt: Timestamp;
  /** The first moment at which the window from `opensAt` was satisfied, whatever a claim says. */
  inferredAt: Timestamp;
  completedAt: Timestamp;
  expiresAt?: Timestamp | undefined;
  /** From when what is done counts for the next one; none where a completion holds for good. */
  nextOpensAt?: Timestamp | undefined;
  /** The waiver that gives the time, where one does. */
  waiver?: Waiver | undefined;
  /** How it ends; nothing where it never does. */
  end?: TermEnd | undefined;
};
