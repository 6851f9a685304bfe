import type { ModuleDefinition } from "../catalog/catalog.ts";
import { type Mark, plainMark } from "../model/mark.ts";
import { type Facts, listedWithoutMark } from "../model/progress.ts";
import { earliest, type Timestamp } from "../model/time.ts";

/** What says of a module that it was completed: its marks, and an accepted claim that it got while it had conditions. */
function marksOf(facts: Facts, claimedAt: Timestamp | undefined): readonly Mark[] {
  const { marks = [] } = facts;
  const alone = listedWithoutMark(facts);
  const earlier = alone === undefined ? [] : [plainMark(alone)];
  return claimedAt === undefined ? [...earlier, ...marks] : [plainMark(claimedAt), ...earlier, ...marks];
}

/** When a module without conditions was completed, if it was: by any mark. */
export const markedAt = (facts: Facts, claimedAt: Timestamp | undefined): Timestamp | undefined =>
  firstOf(marksOf(facts, claimedAt));

/**
 * When a mark completed a module that has conditions, if one did: only before they were in force, and only where the
 * module was known. A learner's own token may say any time, so its mark must also have come before then.
 */
export function markedBefore(
  { from }: ModuleDefinition,
  facts: Facts,
  claimedAt: Timestamp | undefined,
): Timestamp | undefined {
  if (from === undefined) return undefined;
  return firstOf(
    marksOf(facts, claimedAt).filter(({ known, own, at, receivedAt }) => known && (own ? receivedAt : at) < from),
  );
}

const firstOf = (marks: readonly Mark[]): Timestamp | undefined =>
  marks.reduce<Timestamp | undefined>((first, { at }) => earliest(first, at), undefined);
