import type { Catalog } from "../catalog/catalog.ts";
import { snakeKeys } from "../model/case.ts";
import type { EntityRef } from "../model/entity.ts";
import type { Claim } from "../model/events/statement.ts";
import type { Progress } from "../model/progress.ts";
import type { Timestamp } from "../model/time.ts";
import type { Warning } from "../model/warning.ts";
import { calculateCompletion } from "./calculate.ts";
import { type ClaimOutcome, validateExplicitCompletion } from "./claim.ts";
import type { Completion } from "./completion.ts";
import { isCurrent } from "./is-current.ts";
import type { KnownCompletions } from "./known-completions.ts";
import { stateOf } from "./progress-before.ts";
import type { Refusal } from "./refusal.ts";
import { claimBetween } from "./terms/claims.ts";
import { EVER } from "./terms/facts-since.ts";
import { titled } from "./titled.ts";

export type Verdict = Refusal | { accepted: true; warnings: Warning[] };

/** Beside what a claim is judged: what the store held when it was read, and what was worked out for claims before it. */
type Beside = { stored: Progress; known: KnownCompletions };

/**
 * Whether a claim stands. One that is accepted has its time kept, or another one that was accepted before stands.
 * @param progress at the claim's place in its batch; it keeps the first accepted claim of an entity, so that its flag
 * takes it over
 */
export function judgeClaim(
  catalog: Catalog,
  progress: Progress,
  { claimed, claimedAt, source }: Claim,
  { stored, known }: Beside,
): Verdict {
  const state = stateOf(progress, claimed);
  const isModule = claimed.type === "module";
  // A holder's flag of an older definition stands whatever is asked for today. A module's does not: its own conditions
  // alone complete it.
  if (!isModule && state.flag && !isCurrent(catalog, claimed, state.flag)) return { accepted: true, warnings: [] };
  const found = known.of(claimed, () => calculateCompletion(catalog, claimed, progress));
  const completion = isOver(claimedAt, found, catalog.asOf) ? lapsed(found) : found;
  const verdict = validateExplicitCompletion(catalog, claimed, completion, claimedAt);
  if (!verdict.accepted) {
    // A flag that nothing stored bears out is not for a claim to doubt, where another claim has stood for it.
    const isClaimed = state.flag?.claimedAt !== undefined && isUnsupported(catalog, claimed, { stored, known });
    if (isClaimed && !isModule) return { accepted: true, warnings: [] };
    return refusalOf(catalog, verdict);
  }
  // The first claim that is accepted in a term stays. One that was void before it came is as if it had never come.
  const isVoid = source !== undefined && progress.voided?.has(source) === true;
  if (!isVoid && claimBetween(state, completion.term?.opensAt ?? EVER) === undefined) {
    progress[claimed.type].set(claimed.slug, {
      ...state,
      claimedAt,
      ...(source !== undefined && { claimSource: source }),
    });
    known.changed();
  }
  return verdict;
}

/** A term that has ended bears out claims of its own time alone; what a learner does now counts for the next one. */
function isOver(claimedAt: Timestamp, { term }: Completion, asOf: Timestamp): boolean {
  const expiresAt = term?.expiresAt;
  return expiresAt !== undefined && expiresAt <= asOf && expiresAt <= claimedAt;
}

function lapsed({ completedAt: _, term: __, ...completion }: Completion): Completion {
  return { ...completion, completed: false };
}

/**
 * Whether what is claimed is flagged, and what was read beside the flag does not complete it. Then the flag may be newer
 * than the facts, and they must be read once more: they were stored before it was.
 *   t1 A reads the modules   t2 B records a module, and flags the pathway   t3 A reads the pathway, flagged
 * Test: ingest.interleavings, with a Query of one item a page.
 */
export function isUnsupported(catalog: Catalog, claimed: EntityRef, { stored, known }: Beside): boolean {
  const { flag } = stateOf(stored, claimed);
  if (flag === undefined || !isCurrent(catalog, claimed, flag)) return false;
  return known.isUnsupported(claimed, () => !calculateCompletion(catalog, claimed, stored).completed);
}

const refusalOf = (
  catalog: Catalog,
  { reason, progress, missing }: Extract<ClaimOutcome, { accepted: false }>,
): Refusal => ({
  accepted: false,
  code: "COMPLETION_NOT_REACHED",
  reason,
  progress: snakeKeys(progress),
  missing: titled(catalog, missing),
});
