import type { Catalog } from "../catalog/catalog.ts";
import type { EntityRef } from "../model/entity.ts";
import type { Missing } from "./completion.ts";

/** The title that content gives an entity; null where it gives none. */
export const titleOf = (catalog: Catalog, { type, slug }: EntityRef): string | null =>
  catalog[type].get(slug)?.title ?? null;

/** What is missing, entries with the titles that a page can show. A module's own conditions have none. */
export const titled = (catalog: Catalog, missing: readonly Missing[]): Missing[] =>
  missing.map((one) =>
    one.type === "module" || one.type === "course" || one.type === "pathway"
      ? { ...one, title: titleOf(catalog, { type: one.type, slug: one.slug }) }
      : one,
  );
