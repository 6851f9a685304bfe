import type { Catalog } from "../../catalog/catalog.ts";
import { mayBeCleared } from "../../completion/is-current.ts";
import { settle } from "../../completion/settle.ts";
import type { LearnerId } from "../../model/learner.ts";
import type { Timestamp } from "../../model/time.ts";
import type { Log } from "../../process/log.ts";
import type { Store } from "../../store/store.ts";
import { unlessDeleted } from "../deletion/late-writes.ts";
import { resolving } from "../settle/resolving.ts";
import { settleLearner } from "../settle/settle-learner.ts";

type Context = { store: Store; log: Pick<Log, "info">; catalog: Catalog; recordedAt: Timestamp };

/**
 * Gives a learner the flags that their facts have now that ids have been joined or have parted: what only both together had
 * completed is cleared, or what is void by what was decided under another id. A flag of an older definition stays.
 * By the facts of which ids an id is settled may change meanwhile, and so whoever has set a flag looks after that:
 *   t1 A withdraws the link of x and y   t2 B, who still takes them for one, flags the course under y by facts of both
 *   t3 A settles y, and clears the course, or does so before t2   t4 B looks: they have parted, and settles both anew
 * Test: links.interleavings, "Links, withdrawals, events and backfills at once".
 * @throws AppError STORE_UNAVAILABLE when the store fails
 */
export async function resettle(context: Context, learnerId: LearnerId): Promise<void> {
  const { store, log, catalog, recordedAt } = context;
  await unlessDeleted({ store, log, resettle: (id) => resettle(context, id) }, learnerId, async (joined) => {
    await settleLearner(resolving(catalog, joined), learnerId, ({ progress }) => {
      const revoke = mayBeCleared(catalog, progress);
      const changes = settle(catalog, progress, { stamp: { source: "inferred", recordedAt }, revoke });
      return { changes, result: undefined };
    });
  });
}
