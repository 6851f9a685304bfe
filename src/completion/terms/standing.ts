import type { Timestamp } from "../../model/time.ts";
import type { Term } from "./term.ts";
import type { Terms } from "./terms.ts";

/** How a learner stands with a holder at a moment: its newest term runs, or it has expired, or there is none. */
export type Standing =
  | { status: "completed" | "expired"; term: Term; opensAt: Timestamp }
  | { status: "open"; term?: undefined; opensAt: Timestamp };

/** `opensAt` is when the window opened that is to be completed next; of a running term, its own. */
export function standingAt({ newest, spanStart }: Terms, moment: Timestamp): Standing {
  if (newest === undefined) return { status: "open", opensAt: spanStart };
  const hasExpired = newest.end !== undefined && newest.end.at <= moment;
  return hasExpired
    ? { status: "expired", term: newest, opensAt: newest.nextOpensAt ?? newest.opensAt }
    : { status: "completed", term: newest, opensAt: newest.opensAt };
}
