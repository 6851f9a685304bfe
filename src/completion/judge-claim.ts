import type { Catalog } from "../catalog/catalog.ts";
import type { Claim } from "../model/events/statement.ts";
import type { Progress } from "../model/progress.ts";
import type { Warning } from "../model/warning.ts";
import { calculateCompletion } from "./calculate.ts";
import { validateExplicitCompletion } from "./claim.ts";
import { stateOf } from "./progress-before.ts";
import type { Refusal } from "./refusal.ts";

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
  // A flag of an older catalog stands whatever is asked for today, and so does a mark of a module that has got
  // conditions since.
  const stands = state.flag ? state.flag.catalogVersion !== catalog.version : state.facts.completedAt !== undefined;
  if (stands) return { accepted: true, warnings: [] };
  const completion = calculateCompletion(catalog, claimed, progress);
  const verdict = validateExplicitCompletion(catalog, claimed, completion, claimedAt);
  if (!verdict.accepted)
    return state.flag ? { accepted: true, warnings: [] } : { code: "COMPLETION_NOT_REACHED", ...verdict };
  // The first accepted claim stays.
  if (state.flag?.claimedAt === undefined && state.claimedAt === undefined)
    progress[claimed.type].set(claimed.slug, { ...state, claimedAt });
  return verdict;
}
