import type { LearnerId } from "../../model/learner.ts";
import { type Timestamp, toTimestamp } from "../../model/time.ts";
import type { LearnerItems } from "../../store/learner-items.ts";
import { type DeletedItems, deleteItems } from "./delete-items.ts";

export type DeletedLearner = { learnerId: LearnerId; deletedAt: Timestamp; deletedItems: DeletedItems };

/**
 * Deletes all that is stored of a learner. The tombstone comes first, because who writes meanwhile looks for it after
 * the write (see late-writes.ts). Interrupted anywhere, or sent again, it goes on, and the time of the first stays.
 * @throws AppError STORE_UNAVAILABLE when the store fails; sending it again goes on
 */
export async function deleteLearner(
  store: LearnerItems,
  learnerId: LearnerId,
  now: () => number = Date.now,
): Promise<DeletedLearner> {
  const deletedAt = await store.markDeleted(learnerId, toTimestamp(now()));
  return { learnerId, deletedAt, deletedItems: await deleteItems(store, learnerId) };
}
