import type { InterpretedEvent } from "../../completion/interpret-event.ts";
import type { Refusal } from "../../completion/refusal.ts";
import type { LearnerId } from "../../model/learner.ts";
import type { Store } from "../../store/store.ts";

/**
 * Keeps completions that were refused for now as refused claims, since what came with them must not be lost: what the
 * facts do not bear out yet, and what is still locked. Sent again once it can be accepted, each takes its own place.
 */
export async function keepRefused(
  { store, learnerId }: { store: Store; learnerId: LearnerId },
  refusals: Iterable<readonly [InterpretedEvent, Refusal]>,
): Promise<void> {
  const kept = [...refusals].map(async ([{ attempt }, { code, reason }]) => {
    if (attempt?.kind !== "claim" && attempt?.kind !== "completion") return;
    await store.addAttempt(learnerId, { ...attempt, kind: "claim", refused: true, code, reason });
  });
  await Promise.all(kept);
}
