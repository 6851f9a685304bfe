import type { ModuleDefinition } from "../catalog/catalog.ts";
import { type Mark, plainMark } from "../model/mark.ts";
import { type Facts, listedWithoutMark } from "../model/progress.ts";
import { earliest, type Timestamp } from "../model/time.ts";
import type { StandingClaim } from "./terms/claims.ts";

/** What says of a module that it was completed: its marks, and a time that was stored without one. */
function marksOf(facts: Facts): readonly Mark[] {
  const { marks = [] } = facts;
  const alone = listedWithoutMark(facts);
  return alone === undefined ? marks : [plainMark(alone), ...marks];
}

/** When a module without conditions was completed, if it was: by any mark, or an accepted claim of when it had some. */
export function markedAt(facts: Facts, claimedAt: Timestamp | undefined): Timestamp | undefined {
  let first = earliest(listedWithoutMark(facts), claimedAt);
  for (const { at } of facts.marks ?? []) first = earliest(first, at);
  return first;
}

/**
 * When a mark completed a module that has conditions, if one did: only before they were in force, and only where the
 * module was known. A learner's own token may say any time, so its mark must also have come before then; and so must a
 * claim have been accepted, whoever sent it.
 */
export function markedBefore(
  { from }: ModuleDefinition,
  facts: Facts,
  claim: StandingClaim | undefined,
): Timestamp | undefined {
  if (from === undefined) return undefined;
  const early = marksOf(facts).filter(({ known, own, at, receivedAt }) => known && (own ? receivedAt : at) < from);
  const isEarlyClaim = claim?.acceptedAt !== undefined && claim.acceptedAt < from && claim.at < from;
  return earliest(firstOf(early), isEarlyClaim ? claim.at : undefined);
}

const firstOf = (marks: readonly Mark[]): Timestamp | undefined =>
  marks.reduce<Timestamp | undefined>((first, { at }) => earliest(first, at), undefined);
