import type { LearnerId } from "../../model/learner.ts";
import type { Store } from "../../store/store.ts";
import { findGroup } from "./find-group.ts";
import { joinedStore } from "./joined-store.ts";

/**
 * A learner as who reads them sees them: a store that joins what links join, and the id by which the learner goes. Costs
 * one point read beside the rest, and for an id that was linked what the others cost.
 */
export function ofLearner(store: Store, asked: LearnerId): { store: Store; named: Promise<LearnerId> } {
  const group = findGroup(store, asked);
  const named = group.then(({ learnerId }) => learnerId);
  // Somebody may wait for it later; until then a failure must not count as unhandled.
  named.catch(() => {});
  return { store: joinedStore(store, asked, group), named };
}
