import type { LearnerId } from "../../model/learner.ts";
import type { LearnerItems, TableOf } from "../../store/learner-items.ts";
import { findGroup } from "../identity/find-group.ts";
import { limitTo } from "../limit-to.ts";

/** Where a page of learners ends: in the order of which table, and behind whom. */
export type LearnersCursor = { table: TableOf; key: Record<string, unknown> };

/** Learners of a page that are looked at side by side. */
const AT_ONCE = 32;

type Store = Pick<LearnerItems, "learnersPage" | "identity" | "identitiesAmong" | "someKeys">;

/**
 * Learners of whom something is stored, each by the one id by which they go, in no order that means anything. First come
 * those who have progress, then those of whom only the history knows. A page may have fewer than `limit`.
 */
export async function readLearners(
  store: Store,
  { limit, after }: { limit: number; after?: LearnersCursor | undefined },
): Promise<{ learnerIds: LearnerId[]; next: LearnersCursor | undefined }> {
  const { table, key } = after ?? { table: "progress" as const, key: undefined };
  const page = await store.learnersPage(table, { limit, from: key });
  const own = table === "progress" ? page.learnerIds : await withoutProgress(store, page.learnerIds);
  const learnerIds = await goingByTheirOwnId(store, own);
  if (page.next) return { learnerIds, next: { table, key: page.next } };
  return { learnerIds, next: table === "progress" ? { table: "records", key: {} } : undefined };
}

/** Those of whom the history alone knows: the others have been told of already. */
export async function withoutProgress(
  store: Pick<Store, "someKeys">,
  learnerIds: readonly LearnerId[],
): Promise<LearnerId[]> {
  const limit = limitTo(AT_ONCE, learnerIds.length);
  const look = (learnerId: LearnerId) => store.someKeys(learnerId, "progress", 1);
  const keys = await Promise.all(learnerIds.map((learnerId) => limit(look, learnerId)));
  return learnerIds.filter((_, index) => keys[index]?.length === 0);
}

/** An id that a link gave to somebody is no learner of its own, and who has been deleted is none any more. */
async function goingByTheirOwnId(store: Store, learnerIds: readonly LearnerId[]): Promise<LearnerId[]> {
  const identities = await store.identitiesAmong(learnerIds);
  const limit = limitTo(AT_ONCE, learnerIds.length);
  const nameOf = async (learnerId: LearnerId): Promise<LearnerId | undefined> => {
    const { deletedAt, links } = identities.get(learnerId) ?? {};
    if (deletedAt !== undefined) return undefined;
    return links === undefined ? learnerId : (await findGroup(store, learnerId)).learnerId;
  };
  const named = await Promise.all(learnerIds.map((learnerId) => limit(nameOf, learnerId)));
  return learnerIds.filter((learnerId, index) => named[index] === learnerId);
}
