import type { LearnerId } from "../../model/learner.ts";
import type { Log } from "../../process/log.ts";
import type { LearnerItems } from "../../store/learner-items.ts";
import type { Store } from "../../store/store.ts";
import { type DeletedItems, deleteItems } from "./delete-items.ts";
import { watchWrites } from "./watch-writes.ts";

type Dependencies = { store: Store; log: Pick<Log, "info"> };

/**
 * Runs what writes items of a learner, and takes away what it wrote where the learner has been deleted.
 *
 * A deletion puts the tombstone and then deletes until it finds nothing. A writer looks for the tombstone after its last
 * write has come to its end, because then one of the two always sees the other:
 *
 *   t1 A writes m1    t2 A looks: none    t3 B puts the tombstone   t4 B deletes m1
 *   t1 B puts the tombstone   t2 B deletes all   t3 A writes m1   t4 A looks: deleted   t5 A deletes m1
 *
 * A look beside the write or before it would leave m1 behind:
 *
 *   t1 A looks: none   t2 B puts the tombstone   t3 B deletes all   t4 A writes m1
 *
 * Two things remain for others. A writer that dies between its write and its look leaves what it wrote to the repetition
 * of the event, which nobody has answered, to a second deletion, or to a backfill. And who lets a learner return while
 * an event is under way (t1 A looks: deleted   t2 the tombstone goes   t3 C writes m2   t4 A deletes m2) loses what came
 * in that moment.
 * Proof: deletions.interleavings.test.ts.
 * @param write gets a store that knows when it has last written
 * @returns "deleted" where the learner has been deleted; nothing that was written is left then
 * @throws AppError STORE_UNAVAILABLE when it cannot be told whether the learner is deleted; and what `write` throws
 */
export async function unlessDeleted<T>(
  { store, log }: Dependencies,
  learnerId: LearnerId,
  write: (store: Store) => Promise<T>,
): Promise<T | "deleted"> {
  const watch = watchWrites(store, () => store.identity(learnerId));
  const [written] = await Promise.allSettled([write(watch.store)]);
  const [looked] = await Promise.allSettled([watch.lookAfterLastWrite()]);
  const isDeleted = looked.status === "fulfilled" && looked.value.deletedAt !== undefined;
  if (isDeleted) await takeAway({ store, log }, learnerId);
  // It is to be sent again, because a write that failed may still be on its way.
  if (written.status === "rejected") throw written.reason;
  if (looked.status === "rejected") throw looked.reason;
  return isDeleted ? "deleted" : written.value;
}

/** Takes away what is stored of a deleted learner. */
export async function takeAway(
  { store, log }: { store: LearnerItems; log: Pick<Log, "info"> },
  learnerId: LearnerId,
): Promise<DeletedItems> {
  const items = await deleteItems(store, learnerId);
  if (items.progress + items.records > 0) log.info("Items of a deleted learner were taken away", items);
  return items;
}
