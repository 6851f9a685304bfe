import type { RecordedBatch } from "../../completion/recorded-batch.ts";
import type { Attempt, FlagTrail, TrailEnd } from "../../model/attempt.ts";
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
  const { attempt } = decided;
  if (trail.size === 0) for (const one of await keptChanges(store, learnerId, attempt)) trail.set(entityKey(one), one);
  for (const { change } of due) {
    const key = entityKey(change.entity);
    const earlier = trail.get(key);
    trail.set(key, {
      ...change.entity,
      before: earlier ? earlier.before : endOf(change.before),
      after: endOf(change.after),
    });
  }
  await store.addAttempt(learnerId, { ...attempt, changes: [...trail.values()] });
}

/** Stands behind every identity, so that a page which begins after it begins with that of the attempt itself. */
const BEHIND = "~";

/**
 * What was kept of the changes when the decision was sent before, and broke off after some of them:
 *   t1 A keeps that it clears m and the course   t2 A clears m, and crashes
 *   t3 A is sent again, and finds the course alone: the trail of m must not go
 * Test: trail.test. Costs a Query of one record.
 */
async function keptChanges(
  store: Store,
  learnerId: LearnerId,
  { occurredAt, identity }: Attempt,
): Promise<FlagTrail[]> {
  const after = { occurredAt, identity: identity + BEHIND };
  const { attempts } = await store.attempts(learnerId, { limit: 1, after });
  const [kept] = attempts;
  return kept?.identity === identity ? (kept.changes ?? []) : [];
}

const endOf = (flag: Flag | undefined): TrailEnd | null =>
  flag === undefined ? null : { completedAt: flag.completedAt, expiresAt: flag.expiresAt ?? null };
