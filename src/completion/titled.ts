import type { Catalog } from "../catalog/catalog.ts";
import type { EntityRef } from "../model/entity.ts";
import type { Missing } from "./completion.ts";

/** The title that content gives an entity; null where it gives none. */
export const titleOf = (catalog: Catalog, { type, slug }: EntityRef): string | null =>
  catalog[type].get(slug)?.title ?? null;

type Titled = { by: Catalog["module"]; missing: Missing[] };
const known = new WeakMap<readonly Missing[], Titled>();

/**
 * What is missing, entries with the titles that a page can show. A module's own conditions have none. Of one list there is
 * one titled list, because learners who have done nothing share theirs.
 */
export function titled(catalog: Catalog, missing: readonly Missing[]): Missing[] {
  const found = known.get(missing);
  if (found?.by === catalog.module) return found.missing;
  const made = missing.map((one) =>
    one.type === "module" || one.type === "course" || one.type === "pathway"
      ? { ...one, title: titleOf(catalog, { type: one.type, slug: one.slug }) }
      : one,
  );
  known.set(missing, { by: catalog.module, missing: made });
  return made;
}
