import type { Catalog } from "../../catalog/catalog.ts";
import type { InterpretedEvent } from "../../completion/interpret-event.ts";
import { resolveProgress } from "../../completion/resolve-progress.ts";
import type { EntityRef } from "../../model/entity.ts";
import type { LearnerId } from "../../model/learner.ts";
import type { Store } from "../../store/store.ts";
import type { Written } from "./written.ts";

type Context = { store: Store; catalog: Catalog; learnerId: LearnerId };

/**
 * An attempt at a task that has a limit, which the write itself counts:
 *   t1 A reads "2 of 3 made"   t2 B reads "2 of 3 made"   t3 A and B are both taken: a fourth attempt
 * So nothing is read first; the store adds the event to the task's attempts only where it fits.
 * Test: record.interleavings.
 */
export async function writeAttempt(
  { store, catalog, learnerId }: Context,
  interpreted: InterpretedEvent,
  written: Written,
): Promise<void> {
  const { event, facts, attempt, maxAttempts: most, limitedBy: task } = interpreted;
  if (most === undefined || task === undefined || attempt === undefined) return;
  for (const { entity, facts: stated } of facts) {
    const guard = { task, most, identity: event.identity };
    let state = await store.addFacts(learnerId, entity, stated, guard);
    // Only who has had them all costs a look at what was decided.
    const allowed =
      state === "refused" ? most + (await moreAttempts({ store, catalog, learnerId }, entity, task)) : most;
    if (allowed > most) state = await store.addFacts(learnerId, entity, stated, { ...guard, most: allowed });
    if (state === "full") {
      written.refuseAsFull(interpreted, entity);
      return;
    }
    if (state === "refused") {
      const made =
        allowed === 1 ? `The one attempt of the task ${task} has` : `All ${allowed} attempts of the task ${task} have`;
      const refusal = {
        accepted: false,
        code: "ATTEMPTS_EXHAUSTED",
        reason: `${made} been made`,
        max_attempts: allowed,
      } as const;
      written.refused.set(interpreted, refusal);
      return;
    }
    written.found(entity, state);
  }
  await store.addAttempt(learnerId, attempt);
}

/** How many attempts a learner has besides those of the definition: granted ones, and those that are void. */
async function moreAttempts(
  { store, catalog, learnerId }: Context,
  { type, slug }: EntityRef,
  task: string,
): Promise<number> {
  const progress = resolveProgress(catalog, (await store.read(learnerId)).progress);
  return progress[type].get(slug)?.moreAttempts?.[task] ?? 0;
}
