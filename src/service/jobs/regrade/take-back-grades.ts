import { decisionKey } from "../../../store/keys.ts";
import { MAX_BATCH } from "../../../store/learner-items.ts";
import type { Store } from "../../../store/store.ts";
import type { NotUndone, RollbackMode } from "../rollback.ts";
import { eventIdOf } from "./regrade-policy.ts";

/**
 * Takes back all grades that a run gave a learner's answers: then those before them count. It comes before the flags go
 * back, because who settles the learner in between must settle by the earlier grades.
 * @returns how many went, or would; where it is only verified, those that stand
 */
export async function takeBackGrades(
  store: Store,
  { run, mode }: { run: string; mode: RollbackMode },
  learnerId: string,
): Promise<{ undone: number; left: NotUndone[] }> {
  const decisions = await store.decisions(learnerId);
  const grades = decisions.filter((one) => one.kind === "grade" && one.eventId === eventIdOf(run));
  if (mode === "verify") {
    const reason = `${grades.length} answers still have the grades that the run gave them`;
    const slug = grades[0]?.kind === "grade" ? grades[0].moduleSlug : "";
    return { undone: 0, left: grades.length === 0 ? [] : [{ contact_id: learnerId, type: "module", slug, reason }] };
  }
  if (mode === "write") {
    const keys = grades.map(({ identity }) => decisionKey(learnerId, identity));
    for (let from = 0; from < keys.length; from += MAX_BATCH)
      await store.deleteItems("progress", keys.slice(from, from + MAX_BATCH));
  }
  return { undone: grades.length, left: [] };
}
