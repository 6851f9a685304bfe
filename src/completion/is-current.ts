import type { Catalog } from "../catalog/catalog.ts";
import type { EntityRef } from "../model/entity.ts";
import type { Flag } from "../model/progress.ts";

/**
 * Whether a flag was earned under the definition that its entity has today. Whatever else changed in the catalog is
 * nothing to it. A flag of an earlier release names no definition, and is told by its catalog.
 */
export const isCurrent = (catalog: Catalog, entity: EntityRef, { definition, catalogVersion }: Flag): boolean =>
  definition === undefined ? catalogVersion === catalog.version : definition === catalog.definitionOf(entity);
