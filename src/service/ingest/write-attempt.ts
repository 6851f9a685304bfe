import type { InterpretedEvent } from "../../completion/interpret-event.ts";
import type { LearnerId } from "../../model/learner.ts";
import type { Store } from "../../store/store.ts";
import type { Written } from "./written.ts";

/**
 * An attempt at a task that has a limit, which the write itself counts:
 *   t1 A reads "2 of 3 made"   t2 B reads "2 of 3 made"   t3 A and B are both taken: a fourth attempt
 * So nothing is read first; the store adds the event to the task's attempts only where it fits.
 * Test: record.interleavings.
 */
export async function writeAttempt(
  store: Store,
  learnerId: LearnerId,
  interpreted: InterpretedEvent,
  written: Written,
): Promise<void> {
  const { event, facts, attempt, maxAttempts: most, limitedBy: task } = interpreted;
  if (most === undefined || task === undefined || attempt === undefined) return;
  for (const { entity, facts: stated } of facts) {
    const state = await store.addFacts(learnerId, entity, stated, { task, most, identity: event.identity });
    if (state === "full") {
      written.refuseAsFull(interpreted, entity);
      return;
    }
    if (state === "refused") {
      const reason = `All ${most} ${most === 1 ? "attempt" : "attempts"} of the task ${task} have been made`;
      const refusal = { accepted: false, code: "ATTEMPTS_EXHAUSTED", reason, max_attempts: most } as const;
      written.refused.set(interpreted, refusal);
      return;
    }
    written.found(entity, state);
  }
  await store.addAttempt(learnerId, attempt);
}
