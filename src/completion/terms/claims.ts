import type { Claimed } from "../../model/claimed.ts";
import type { EntityState } from "../../model/progress.ts";
import type { Timestamp } from "../../model/time.ts";

/**
 * A claim as far as completion goes: which time it named, when it was accepted, and which event made it. One that waits
 * for its flag is accepted now.
 */
export type StandingClaim = Pick<Claimed, "at" | "source"> & Partial<Pick<Claimed, "acceptedAt">>;

/** The claims of an entity that were accepted and are not void, in that order; one that waits for its flag is the last. */
function claimsOf({ claims = [], flag, claimedAt, claimSource }: EntityState): readonly StandingClaim[] {
  const isKnown = (at: Timestamp, source?: string) => claims.some((one) => one.at === at && one.source === source);
  // A flag of an earlier release has its claim alone. A claim with a source is kept beside its flag, unless it is void.
  const earlier =
    flag?.claimedAt !== undefined && flag.claimSource === undefined && !isKnown(flag.claimedAt)
      ? [{ at: flag.claimedAt, acceptedAt: flag.recordedAt }]
      : [];
  const waiting =
    claimedAt === undefined || isKnown(claimedAt, claimSource)
      ? []
      : [{ at: claimedAt, ...(claimSource !== undefined && { source: claimSource }) }];
  return [...earlier, ...claims, ...waiting];
}

/** The claim that stays of those that were made between two moments: the first that was accepted. */
export function claimBetween(state: EntityState, from: Timestamp, until?: Timestamp): StandingClaim | undefined {
  // Hardly anything is ever claimed, and each module of a learner is asked for each event.
  if (state.claims === undefined && state.claimedAt === undefined && state.flag?.claimedAt === undefined)
    return undefined;
  return claimsOf(state).find(({ at }) => at >= from && (until === undefined || at < until));
}
