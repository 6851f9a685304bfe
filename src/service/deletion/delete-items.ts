import pLimit from "p-limit";
import type { LearnerId } from "../../model/learner.ts";
import { type ItemKey, type LearnerItems, MAX_BATCH, type TableOf } from "../../store/learner-items.ts";

/** Items that were deleted, by table. */
export type DeletedItems = Record<TableOf, number>;

const BATCHES_AT_ONCE = 8;

/** Deletes what both tables hold of a learner, until neither holds anything. Interrupted anywhere, it may be begun again. */
export async function deleteItems(
  store: Pick<LearnerItems, "someKeys" | "deleteItems">,
  learnerId: LearnerId,
): Promise<DeletedItems> {
  const deleted: DeletedItems = { progress: 0, records: 0 };
  const limit = pLimit(BATCHES_AT_ONCE);
  for (const table of ["progress", "records"] as const)
    for (;;) {
      // Always from the beginning: what somebody has written behind the last Query goes too.
      const keys = await store.someKeys(learnerId, table);
      if (keys.length === 0) break;
      await Promise.all(batchesOf(keys).map((batch) => limit(() => store.deleteItems(table, batch))));
      deleted[table] += keys.length;
    }
  return deleted;
}

const batchesOf = (keys: readonly ItemKey[]): ItemKey[][] =>
  Array.from({ length: Math.ceil(keys.length / MAX_BATCH) }, (_, index) =>
    keys.slice(index * MAX_BATCH, (index + 1) * MAX_BATCH),
  );
