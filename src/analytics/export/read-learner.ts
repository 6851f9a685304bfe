import type { Catalog } from "../../catalog/catalog.ts";
import type { Identity } from "../../model/identity.ts";
import type { LearnerId } from "../../model/learner.ts";
import { isTimestamp } from "../../model/time.ts";
import { alone, findGroup, type Group } from "../../service/identity/find-group.ts";
import { joinedStore } from "../../service/identity/joined-store.ts";
import { pagesOf } from "../../service/read/export-learner.ts";
import { type Item, type ItemFault, readingOf } from "../../store/items.ts";
import { PROFILE } from "../../store/keys.ts";
import type { TableOf } from "../../store/learner-items.ts";
import type { Store } from "../../store/store.ts";
import type { StoredLearner } from "../rows/learner.ts";
import { standingIn } from "../rows/standing.ts";

/** A learner to whom a scan has come, and what it has read of the learner's progress. */
export type Scanned = { learnerId: LearnerId; items: readonly Item[] };
export type ReadLearner = { stored: StoredLearner; faults: ItemFault[] };
type From = { store: Store; catalog: Catalog };

/**
 * All that is stored of a learner to whom a scan has come.
 * @returns undefined for an id under which nobody goes: who was deleted, and who is another learner by a link
 */
export async function readLearner(
  from: From,
  { learnerId, items }: Scanned,
  { deletedAt, links }: Identity,
): Promise<ReadLearner | undefined> {
  if (deletedAt !== undefined) return undefined;
  const group = links === undefined ? alone(learnerId) : await findGroup(from.store, learnerId);
  if (group.learnerId !== learnerId) return undefined;
  const seen = await readProgress(from, group, items);
  // An event may be between fact and flag: what was written before a strong read is in it.
  const { faults, ...progress } = seen.unsettled.size === 0 ? seen : await readProgress(from, group, undefined);
  const records = await Promise.all(group.ids.map((id) => itemsOf(from.store, id, "records")));
  return { stored: { ...group, ...progress, records }, faults };
}

/** @param scanned undefined reads it again, strongly consistent */
async function readProgress({ store, catalog }: From, group: Group, scanned: readonly Item[] | undefined) {
  const { learnerId, ids } = group;
  const isAlone = ids.length === 1;
  const items = scanned && isAlone ? scanned : await itemsOf(store, learnerId, "progress");
  const { progress, faults } = isAlone ? readingOf(items) : await joinedStore(store, learnerId, group).read(learnerId);
  const viewedAt = items.find(({ entity }) => entity === PROFILE)?.viewed_at;
  return { ...standingIn(catalog, progress), lastViewedAt: isTimestamp(viewedAt) ? viewedAt : undefined, faults };
}

async function itemsOf(store: Store, learnerId: LearnerId, table: TableOf): Promise<readonly Item[]> {
  let found: readonly Item[] = [];
  // Most have one page.
  for await (const items of pagesOf(store, learnerId, table)) found = found.length === 0 ? items : [...found, ...items];
  return found;
}
