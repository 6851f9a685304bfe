import { type Catalog, type Definition, knows } from "../../catalog/catalog.ts";
import { touchedBy } from "../../completion/reach.ts";
import { unsettledAmong, unsettledTouched } from "../../completion/settled.ts";
import { type EntityRef, entityKey, type HolderType } from "../../model/entity.ts";
import type { LearnerId } from "../../model/learner.ts";
import type { Store } from "../../store/store.ts";
import { type Explanation, explain } from "./explain/explanation.ts";
import { type EntryView, entryViews, type HolderView, holderView } from "./holder-view.ts";
import { type ModuleView, moduleView } from "./module-view.ts";
import { knownOf, progressOf, unknown } from "./progress-of.ts";

/** Everything that a learner touched; a course lists its modules by slug, a pathway its courses and modules. */
export type ProgressView = {
  modules: ModuleView[];
  courses: HolderView[];
  pathways: HolderView[];
  holds(holder: EntityRef, entry: EntityRef): boolean;
};

/** Everything that a learner touched. A learner of whom nothing is known has done nothing. */
export async function readProgress(store: Store, catalog: Catalog, learnerId: LearnerId): Promise<ProgressView> {
  const progress = await progressOf(store, catalog, learnerId);
  const touched = touchedBy(catalog, progress);
  const unsettled = unsettledTouched(catalog, progress, touched);
  const viewsOf = (type: HolderType) =>
    touched.flatMap(({ type: kind, slug }) =>
      kind === type ? [holderView(catalog, { type, slug }, progress, unsettled)] : [],
    );
  const entriesOf = new Map<string, Set<string>>();
  const held = ({ type, slug }: EntityRef): Set<string> => {
    const key = entityKey({ type, slug });
    const known = entriesOf.get(key);
    if (known) return known;
    const definition: Definition | undefined = type === "module" ? undefined : catalog[type].get(slug);
    const keys = new Set(definition?.entries.map(entityKey));
    entriesOf.set(key, keys);
    return keys;
  };
  return {
    modules: [...progress.module].map(([slug, state]) => moduleView(catalog, slug, state, progress)),
    courses: viewsOf("course"),
    pathways: viewsOf("pathway"),
    holds: (holder, entry) => held(holder).has(entityKey(entry)),
  };
}

/** One course or pathway of a learner, with what it lists; `explain` tells what led to its flag. @throws AppError NOT_FOUND as for a module */
export async function readHolder(
  store: Store,
  catalog: Catalog,
  learnerId: LearnerId,
  asked: EntityRef<HolderType>,
): Promise<HolderView & { entries: EntryView[]; explain: () => Explanation }> {
  const entity = catalog.resolve(asked);
  const known = await knownOf(store, catalog, learnerId);
  const { progress } = known;
  if (!progress[entity.type].has(entity.slug) && !knows(catalog, entity)) throw unknown(entity);
  const unsettled = unsettledAmong(catalog, progress, [entity]);
  return {
    ...holderView(catalog, entity, progress, unsettled),
    entries: entryViews(catalog, entity, progress),
    explain: () => explain(catalog, entity, known),
  };
}
