import type { Catalog } from "../catalog/catalog.ts";
import { snakeKeys } from "../model/case.ts";
import type { Claim } from "../model/events/statement.ts";
import type { Progress } from "../model/progress.ts";
import type { Warning } from "../model/warning.ts";
import { calculateCompletion } from "./calculate.ts";
import { type ClaimOutcome, validateExplicitCompletion } from "./claim.ts";
import { isCurrent } from "./is-current.ts";
import { stateOf } from "./progress-before.ts";
import type { Refusal } from "./refusal.ts";
import { titled } from "./titled.ts";

/**
 * Whether a claim stands.
 * @param progress keeps the first accepted claim of an entity, so that its flag takes it over
 */
export function judgeClaim(
  catalog: Catalog,
  progress: Progress,
  { claimed, claimedAt }: Claim,
): Refusal | { accepted: true; warnings: Warning[] } {
  const state = stateOf(progress, claimed);
  const isModule = claimed.type === "module";
  // A holder's flag of an older definition stands whatever is asked for today. A module's does not: its own conditions
  // alone complete it.
  if (!isModule && state.flag && !isCurrent(catalog, claimed, state.flag)) return { accepted: true, warnings: [] };
  const completion = calculateCompletion(catalog, claimed, progress);
  const verdict = validateExplicitCompletion(catalog, claimed, completion, claimedAt);
  if (!verdict.accepted)
    return state.flag && !isModule ? { accepted: true, warnings: [] } : refusalOf(catalog, verdict);
  // The first accepted claim stays.
  if (state.flag?.claimedAt === undefined && state.claimedAt === undefined)
    progress[claimed.type].set(claimed.slug, { ...state, claimedAt });
  return verdict;
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
