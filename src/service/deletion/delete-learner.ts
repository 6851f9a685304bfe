import type { LearnerId } from "../../model/learner.ts";
import type { Timestamp } from "../../model/time.ts";
import type { LearnerItems } from "../../store/learner-items.ts";
import { type DeletedItems, deleteItems } from "./delete-items.ts";
import type { Deletions } from "./deletions.ts";

export type DeletedLearner = { learnerId: LearnerId; deletedAt: Timestamp; deletedItems: DeletedItems };

/**
 * Deletes all that is stored of a learner. The tombstone comes first: whoever looks after that takes away what he has
 * written meanwhile. Interrupted anywhere, or sent again, it goes on.
 * @throws AppError STORE_UNAVAILABLE when the store fails; sending it again goes on
 */
export async function deleteLearner(
  store: LearnerItems,
  deletions: Deletions,
  learnerId: LearnerId,
): Promise<DeletedLearner> {
  const deletedAt = await deletions.mark(learnerId);
  return { learnerId, deletedAt, deletedItems: await deleteItems(store, learnerId) };
}
