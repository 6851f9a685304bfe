import type { Catalog } from "../catalog/catalog.ts";
import { type EntityRef, type EntityType, entityKey } from "../model/entity.ts";
import type { Progress } from "../model/progress.ts";

/** The order in which flags are derived and written, because a holder's flag follows from those of its entries. */
export const FLAG_ORDER = ["module", "course", "pathway"] as const;

type Reach = readonly EntityRef[];

// A catalog never changes, and every event asks for the reach of all that its learner did, so each is found once,
// whatever the moment of asking.
const reaches = new WeakMap<Catalog["module"], Record<EntityType, Map<string, Reach>>>();

/** What an entity's completion can complete: itself, what holds it, and what holds that. */
export function reachOf(catalog: Catalog, entity: EntityRef): Reach {
  const known = reaches.get(catalog.module) ?? { module: new Map(), course: new Map(), pathway: new Map() };
  reaches.set(catalog.module, known);
  const found = known[entity.type].get(entity.slug);
  if (found) return found;
  const reach = reachFrom(catalog, entity);
  // A slug that the catalog does not know is a client's word, and there is no end of those.
  if (catalog[entity.type].has(entity.slug)) known[entity.type].set(entity.slug, reach);
  return reach;
}

function reachFrom(catalog: Catalog, entity: EntityRef): Reach {
  const reached = new Map<string, EntityRef>();
  const visit = ({ type, slug }: EntityRef) => {
    const key = entityKey({ type, slug });
    if (reached.has(key)) return;
    reached.set(key, { type, slug });
    for (const holder of catalog.holdersOf({ type, slug })) visit(holder);
  };
  visit(entity);
  return [...reached.values()];
}

/** The modules, courses and pathways that a learner's facts and flags concern, each once. */
export function touchedBy(catalog: Catalog, progress: Progress): EntityRef[] {
  const touched: Record<EntityType, Map<string, EntityRef>> = {
    module: new Map(),
    course: new Map(),
    pathway: new Map(),
  };
  for (const type of FLAG_ORDER)
    for (const slug of progress[type].keys())
      for (const ref of reachOf(catalog, { type, slug })) touched[ref.type].set(ref.slug, ref);
  return FLAG_ORDER.flatMap((type) => [...touched[type].values()]);
}

/** Each entity once, in order of its first place. */
export const unique = (entities: readonly EntityRef[]): EntityRef[] => [
  ...new Map(entities.map((entity) => [entityKey(entity), entity])).values(),
];
