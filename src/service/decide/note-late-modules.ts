import { randomUUID } from "node:crypto";
import type { Catalog } from "../../catalog/catalog.ts";
import { stateOf } from "../../completion/progress-before.ts";
import { reachOf } from "../../completion/reach.ts";
import type { RecordedBatch } from "../../completion/recorded-batch.ts";
import { type EntityRef, entityKey } from "../../model/entity.ts";
import type { LearnerId } from "../../model/learner.ts";
import type { Progress } from "../../model/progress.ts";
import type { Store } from "../../store/store.ts";

type Context = { store: Store; catalog: Catalog; learnerId: LearnerId };

/**
 * Tells modules of a batch of the resets of what holds them, where they were begun after those had been taken in: from
 * then on each of their results is settled, since it may complete a new term (see `noteDecision`).
 *   t1 A resets a pathway at noon, and finds nothing of m   t2 B records a result of m of 11:00, which completes both
 *   t3 C records a better one of 13:00: m was complete before, and without a note the pathway's new term would stay open
 * Test: decide/late-modules.
 * @param read the learner as read after the batch was recorded
 */
export async function noteLateModules(
  { store, catalog, learnerId }: Context,
  { events }: RecordedBatch,
  read: Progress | undefined,
): Promise<void> {
  if (read?.decisions === undefined) return;
  const isReset = ({ type, slug }: EntityRef) => type !== "module" && read[type].get(slug)?.resets !== undefined;
  const late = new Map<string, EntityRef>();
  for (const { entity } of events.flatMap(({ facts }) => facts))
    if (entity.type === "module" && stateOf(read, entity).decidedBy === undefined)
      if (reachOf(catalog, entity).some(isReset)) late.set(entityKey(entity), entity);
  await Promise.all([...late.values()].map((entity) => store.markDecided(learnerId, entity, randomUUID())));
}
