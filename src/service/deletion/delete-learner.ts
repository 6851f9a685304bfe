import type { LearnerId } from "../../model/learner.ts";
import { type Timestamp, toTimestamp } from "../../model/time.ts";
import type { LearnerItems } from "../../store/learner-items.ts";
import { findGroup, idsEvenDeleted } from "../identity/find-group.ts";
import { type DeletedItems, deleteItems } from "./delete-items.ts";

export type DeletedLearner = { learnerId: LearnerId; deletedAt: Timestamp; deletedItems: DeletedItems };

/**
 * Deletes all that is stored of a learner, under all ids that links join. The tombstones come first, because who writes
 * meanwhile looks for them after the write (see late-writes.ts), and the ids are looked for again after the tombstones,
 * because of a link that came in between:
 *   t1 A reads which ids the learner has   t2 B links x, and looks: nobody is deleted   t3 A puts the tombstone
 *   t4 A reads again, and finds x
 * Test: links.interleavings, "A deletion beside links and events".
 * Interrupted anywhere, or sent again, it goes on, and the time of the first stays.
 * @throws AppError STORE_UNAVAILABLE when the store fails; sending it again goes on
 */
export async function deleteLearner(
  store: LearnerItems,
  learnerId: LearnerId,
  now: () => number = Date.now,
): Promise<DeletedLearner> {
  const named = (await findGroup(store, learnerId)).learnerId;
  const deletedAt = await store.markDeleted(learnerId, toTimestamp(now()));
  const marked = new Set([learnerId]);
  let { ids, links } = await idsEvenDeleted(store, learnerId);
  while (ids.some((id) => !marked.has(id))) {
    for (const id of ids) {
      if (!marked.has(id)) await store.markDeleted(id, deletedAt);
      marked.add(id);
    }
    ({ ids, links } = await idsEvenDeleted(store, learnerId));
  }
  const deletedItems: DeletedItems = { progress: 0, records: 0 };
  for (const id of ids) {
    const items = await deleteItems(store, id);
    deletedItems.progress += items.progress;
    deletedItems.records += items.records;
  }
  // Last, because they tell a deletion that is begun again of which ids it is. Whoever was linked with one of these ids
  // once does not keep it either.
  const ofTheseIds = links.filter(({ learner, alias }) => ids.includes(learner) || ids.includes(alias));
  for (const id of new Set(ofTheseIds.flatMap(({ learner, alias }) => [learner, alias])))
    await store.dropLinks(
      id,
      ofTheseIds.filter(({ learner, alias }) => learner === id || alias === id),
    );
  return { learnerId: named, deletedAt, deletedItems };
}
