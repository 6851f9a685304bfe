import type { Catalog } from "../catalog/catalog.ts";
import type { EntityRef } from "../model/entity.ts";
import type { Flag, Progress } from "../model/progress.ts";

/**
 * Whether a flag was earned under the definition that its entity has today. Whatever else changed in the catalog is
 * nothing to it. A flag of an earlier release names no definition, and is told by its catalog.
 */
export const isCurrent = (catalog: Catalog, entity: EntityRef, { definition, catalogVersion }: Flag): boolean =>
  definition === undefined ? catalogVersion === catalog.version : definition === catalog.definitionOf(entity);

/**
 * Tells of entities whether other facts than before, because ids were joined or parted, may clear their flags: those of an
 * older definition stay, since the facts alone do not tell why they were set.
 */
export const mayBeCleared =
  (catalog: Catalog, progress: Progress) =>
  ({ type, slug }: EntityRef): boolean => {
    const flag = progress[type].get(slug)?.flag;
    return flag === undefined || isCurrent(catalog, { type, slug }, flag);
  };
