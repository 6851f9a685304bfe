import type { Catalog } from "../../catalog/catalog.ts";
import { isCurrent } from "../../completion/is-current.ts";
import { type FlagChange, settle } from "../../completion/settle.ts";
import type { LearnerId } from "../../model/learner.ts";
import type { Timestamp } from "../../model/time.ts";
import type { Log } from "../../process/log.ts";
import type { Store } from "../../store/store.ts";
import { unlessDeleted } from "../deletion/late-writes.ts";
import { resolving } from "../settle/resolving.ts";
import { settleLearner } from "../settle/settle-learner.ts";

type Context = { store: Store; log: Pick<Log, "info">; catalog: Catalog; recordedAt: Timestamp };

/**
 * Gives a learner the flags that their facts have now that ids have parted: what only both together had completed is
 * cleared. A flag of an older definition stays, since the facts alone do not tell why it was set.
 * @throws AppError STORE_UNAVAILABLE when the store fails
 */
export async function resettle(context: Context, learnerId: LearnerId): Promise<void> {
  const { store, log, catalog, recordedAt } = context;
  await unlessDeleted({ store, log, parted: (id) => resettle(context, id) }, learnerId, async (joined) => {
    await settleLearner(resolving(catalog, joined), learnerId, ({ progress }) => {
      const changes = settle(catalog, progress, { stamp: { source: "inferred", recordedAt }, revoke: true });
      return { changes: changes.filter((change) => mayChange(catalog, change)), result: undefined };
    });
  });
}

const mayChange = (catalog: Catalog, { entity, before, after }: FlagChange): boolean =>
  after !== undefined || before === undefined || isCurrent(catalog, entity, before);
