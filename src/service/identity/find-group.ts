import type { LearnerId } from "../../model/learner.ts";
import { joinedIds, type Link, learnerAmong, standingLinks } from "../../model/link.ts";
import type { LearnerItems } from "../../store/learner-items.ts";

/** The ids of one learner. */
export type Group = {
  /** The one by which the learner goes, in code-unit order the first of all that may be. */
  learnerId: LearnerId;
  ids: readonly LearnerId[];
};

/** A group, the ids that were asked for on the way, and which of them have been deleted: those are nobody's. */
export type FoundGroup = Group & { asked: ReadonlySet<LearnerId>; deleted: ReadonlySet<LearnerId> };

export const alone = (learnerId: LearnerId): Group => ({ learnerId, ids: [learnerId] });

export const isSameGroup = (a: Group, b: Group): boolean =>
  a.learnerId === b.learnerId && a.ids.length === b.ids.length && a.ids.every((id, index) => id === b.ids[index]);

/**
 * The learner whose id this is, with all the ids that links join. One strongly consistent point read for an id that was
 * never linked; for others one more for each id that a link names.
 * @throws AppError STORE_UNAVAILABLE when the store fails
 */
export async function findGroup(store: Pick<LearnerItems, "identity">, learnerId: LearnerId): Promise<FoundGroup> {
  const { standing, deleted, known: asked } = await linksAround(store, learnerId);
  const living = standing.filter(({ learner, alias }) => !deleted.has(learner) && !deleted.has(alias));
  const ids = joinedIds(learnerId, living);
  return { learnerId: learnerAmong(ids, living), ids, asked, deleted };
}

/** All ids that a learner has, and had when some of them were deleted: so a deletion that broke off goes on to all of them. */
export async function idsEvenDeleted(store: Pick<LearnerItems, "identity">, learnerId: LearnerId) {
  const { standing, links } = await linksAround(store, learnerId);
  return { ids: joinedIds(learnerId, standing), links };
}

async function linksAround(store: Pick<LearnerItems, "identity">, learnerId: LearnerId) {
  const known = new Set<LearnerId>();
  const deleted = new Set<LearnerId>();
  const links: Link[] = [];
  let asked = [learnerId];
  let standing: Link[] = [];
  while (asked.length > 0) {
    const identities = await Promise.all(asked.map((id) => store.identity(id)));
    for (const [index, identity] of identities.entries()) {
      const id = asked[index] as LearnerId;
      known.add(id);
      if (identity.deletedAt !== undefined) deleted.add(id);
      links.push(...(identity.links ?? []));
    }
    standing = standingLinks(links);
    asked = joinedIds(learnerId, standing).filter((id) => !known.has(id));
  }
  return { standing, deleted, known, links };
}
