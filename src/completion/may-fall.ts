import type { Catalog } from "../catalog/catalog.ts";
import type { EntityRef, HolderType } from "../model/entity.ts";
import type { Progress } from "../model/progress.ts";
import { isCurrent } from "./is-current.ts";
import { isForGood } from "./terms/terms.ts";

/**
 * Tells of entities whether a late fact may take their completion back: only terms, which it moves, can do that. What an
 * older definition completed stays, whatever today's makes of the facts. For example:
 *   t1 a pathway is reset, and completed anew by a course's second term   t2 an older result of that course arrives late
 *   t3 its first term runs until after the reset now, so that there is no second one, and the pathway is open
 * Test: decisions.properties.
 */
export const mayFall =
  (catalog: Catalog, progress: Progress) =>
  ({ type, slug }: EntityRef): boolean => {
    if (type === "module") return false;
    const flag = progress[type].get(slug)?.flag;
    if (flag === undefined || !isCurrent(catalog, { type, slug }, flag)) return false;
    return [{ type, slug }, ...coursesIn(catalog, { type, slug })].some(
      (holder) => !isForGood(catalog, holder, progress[holder.type].get(holder.slug) ?? { facts: {} }),
    );
  };

const coursesIn = (catalog: Catalog, { type, slug }: EntityRef<HolderType>): EntityRef<HolderType>[] =>
  (catalog[type].get(slug)?.entries ?? []).flatMap((entry) =>
    entry.type === "course" ? [{ type: entry.type, slug: entry.slug }] : [],
  );
