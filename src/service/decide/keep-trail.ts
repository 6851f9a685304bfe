import type { RecordedBatch } from "../../completion/recorded-batch.ts";
import type { FlagTrail, TrailEnd } from "../../model/attempt.ts";
import { entityKey } from "../../model/entity.ts";
import type { LearnerId } from "../../model/learner.ts";
import type { Flag } from "../../model/progress.ts";
import type { Store } from "../../store/store.ts";
import type { WrittenFlag } from "../settle/write-flags.ts";

/** The flags that a decision is about to change, by entity key. */
export type Trail = Map<string, FlagTrail>;

/**
 * Keeps with a decision which flags it changes, before it changes them, because a crash in between must not lose it.
 * @param trail what it was about to change in earlier rounds; these are added to it
 * @param due the flags of this round
 */
export async function keepTrail(
  { store, learnerId }: { store: Store; learnerId: LearnerId },
  { events }: RecordedBatch,
  trail: Trail,
  due: readonly WrittenFlag[],
): Promise<void> {
  const [decided] = events;
  if (decided?.decision === undefined || decided.attempt === undefined || due.length === 0) return;
  for (const { change } of due) {
    const key = entityKey(change.entity);
    const earlier = trail.get(key);
    trail.set(key, {
      ...change.entity,
      before: earlier ? earlier.before : endOf(change.before),
      after: endOf(change.after),
    });
  }
  await store.addAttempt(learnerId, { ...decided.attempt, changes: [...trail.values()] });
}

const endOf = (flag: Flag | undefined): TrailEnd | null =>
  flag === undefined ? null : { completedAt: flag.completedAt, expiresAt: flag.expiresAt ?? null };
