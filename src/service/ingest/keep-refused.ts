import type { InterpretedEvent } from "../../completion/interpret-event.ts";
import { stateOf } from "../../completion/progress-before.ts";
import type { Refusal } from "../../completion/refusal.ts";
import type { LearnerId } from "../../model/learner.ts";
import type { Progress } from "../../model/progress.ts";
import type { Store } from "../../store/store.ts";

/**
 * Keeps completions that were refused for now as refused claims, since what came with them must not be lost: what the
 * facts do not bear out yet, and what is still locked. Sent again once it can be accepted, each takes its own place.
 *
 * One that was accepted once, and broke off before its time was kept, is in the history as accepted:
 *   t1 A accepts a claim, and keeps it   t2 B voids what it rests on   t3 A's flag is lost; A looks again, and refuses it
 * Test: decisions.interleavings, "a claim of a pathway whose term ends, and the void of the next one".
 *
 * Of a claim that a batch has several times the first stays, as it would if they were sent one by one: each is refused for
 * what was there at its place, and they are kept side by side.
 * Test: ingest/refused, "is kept with the reason of its first place".
 * @param read the learner by which they were refused
 */
export async function keepRefused(
  { store, learnerId }: { store: Store; learnerId: LearnerId },
  refusals: Iterable<readonly [InterpretedEvent, Refusal]>,
  read?: Progress,
): Promise<void> {
  const first = new Set<string>();
  const kept = [...refusals].map(async ([event, { code, reason }]) => {
    const { attempt } = event;
    if (attempt?.kind !== "claim" && attempt?.kind !== "completion") return;
    if (first.has(attempt.identity)) return;
    first.add(attempt.identity);
    const refused = { ...attempt, kind: "claim", refused: true, code, reason } as const;
    if (read && isUnclaimed(read, event)) await store.refuseClaim(learnerId, refused);
    else await store.addAttempt(learnerId, refused);
  });
  await Promise.all(kept);
}

/** Whether no claim of what an event claims took effect, and so not this one either, whatever the history has. */
function isUnclaimed(read: Progress, { claim }: InterpretedEvent): boolean {
  if (claim === undefined) return false;
  const { claims = [], flag } = stateOf(read, claim.claimed);
  return claims.length === 0 && flag?.claimedAt === undefined;
}
