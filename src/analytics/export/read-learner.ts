import type { Identity } from "../../model/identity.ts";
import type { LearnerId } from "../../model/learner.ts";
import { isTimestamp } from "../../model/time.ts";
import { findGroup } from "../../service/identity/find-group.ts";
import { joinedStore } from "../../service/identity/joined-store.ts";
import { type Item, type ItemFault, readingOf } from "../../store/items.ts";
import { PROFILE } from "../../store/keys.ts";
import type { ItemKey } from "../../store/learner-items.ts";
import type { Store } from "../../store/store.ts";
import type { StoredLearner } from "../rows/learner.ts";

export type ReadLearner = { stored: StoredLearner; faults: ItemFault[] };

/**
 * All that is stored of a learner whom a scan has come to.
 * @param scanned what the scan has read of progress; undefined reads that again, strongly consistent
 * @returns undefined for an id under which nobody goes: who was deleted, and who is another learner by a link
 */
export async function readLearner(
  store: Store,
  learnerId: LearnerId,
  scanned: readonly Item[] | undefined,
  { deletedAt, links }: Identity,
): Promise<ReadLearner | undefined> {
  if (deletedAt !== undefined) return undefined;
  const group = links === undefined ? { learnerId, ids: [learnerId] } : await findGroup(store, learnerId);
  if (group.learnerId !== learnerId) return undefined;
  const isAlone = group.ids.length === 1;
  const items = scanned && isAlone ? scanned : await itemsOf(store, learnerId, "progress");
  const { progress, faults } = isAlone ? readingOf(items) : await joinedStore(store, learnerId, group).read(learnerId);
  const viewedAt = items.find(({ entity }) => entity === PROFILE)?.viewed_at;
  const records = await Promise.all(group.ids.map((id) => itemsOf(store, id, "records")));
  return {
    stored: { ...group, progress, records, lastViewedAt: isTimestamp(viewedAt) ? viewedAt : undefined },
    faults,
  };
}

async function itemsOf(store: Store, learnerId: LearnerId, table: "progress" | "records"): Promise<Item[]> {
  const first = await store.itemsPage(learnerId, table);
  if (first.next === undefined) return first.items;
  const items = [...first.items];
  let from: ItemKey | undefined = first.next;
  while (from) {
    const page: Awaited<ReturnType<Store["itemsPage"]>> = await store.itemsPage(learnerId, table, from);
    items.push(...page.items);
    from = page.next;
  }
  return items;
}
