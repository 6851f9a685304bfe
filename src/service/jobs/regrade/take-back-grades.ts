import { ofKind, type Regrade } from "../../../model/decision.ts";
import { decisionKey } from "../../../store/keys.ts";
import { MAX_BATCH } from "../../../store/learner-items.ts";
import type { Store } from "../../../store/store.ts";
import type { NotUndone, RollbackMode } from "../rollback-tally.ts";
import { eventIdOf } from "./regrade-policy.ts";

/** The grades that a run gave the answers which are kept under an id. */
export type GivenGrades = { learnerId: string; decisions: readonly Regrade[] };

export async function gradesGiven(store: Store, run: string, learnerId: string): Promise<GivenGrades> {
  const grades = ofKind(await store.decisions(learnerId), "grade");
  return { learnerId, decisions: grades.filter(({ eventId }) => eventId === eventIdOf(run)) };
}

/**
 * Takes back all grades that a run gave a learner's answers: then those before them count. It comes before the flags go
 * back, because who settles the learner in between must settle by the earlier grades.
 * @returns those that stand, where it is only verified
 */
export async function takeBackGrades(
  store: Store,
  mode: RollbackMode,
  { learnerId, decisions }: GivenGrades,
): Promise<NotUndone[]> {
  if (mode === "verify") {
    const reason = `${decisions.length} answers still have the grades that the run gave them`;
    const [first] = decisions;
    return first === undefined ? [] : [{ contact_id: learnerId, type: "module", slug: first.moduleSlug, reason }];
  }
  if (mode === "write") {
    const keys = decisions.map(({ identity }) => decisionKey(learnerId, identity));
    for (let from = 0; from < keys.length; from += MAX_BATCH)
      await store.deleteItems("progress", keys.slice(from, from + MAX_BATCH));
  }
  return [];
}
