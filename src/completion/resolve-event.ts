import type { Catalog } from "../catalog/catalog.ts";
import type { EntityType } from "../model/entity.ts";
import type { LearningEvent } from "../model/events/index.ts";

const FIELDS = { moduleSlug: "module", courseSlug: "course", pathwaySlug: "pathway" } as const satisfies Record<
  string,
  EntityType
>;

/** An event that names what it is about by the slugs of today, whichever a page knows. */
export function resolveEvent(catalog: Catalog, event: LearningEvent): LearningEvent {
  const renamed: Record<string, string> = {};
  for (const [field, type] of Object.entries(FIELDS)) {
    const slug = event[field as keyof typeof FIELDS];
    const meant = slug === undefined ? undefined : catalog.resolve({ type, slug }).slug;
    if (meant !== undefined && meant !== slug) renamed[field] = meant;
  }
  return Object.keys(renamed).length === 0 ? event : { ...event, ...renamed };
}
