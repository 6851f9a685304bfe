import { type Catalog, type Definition, knows } from "../../catalog/catalog.ts";
import { touchedBy } from "../../completion/reach.ts";
import { unsettledAmong } from "../../completion/settled.ts";
import type { Attempt } from "../../model/attempt.ts";
import { type EntityRef, type EntityType, entityKey, type HolderType } from "../../model/entity.ts";
import { AppError } from "../../model/errors.ts";
import type { LearnerId } from "../../model/learner.ts";
import type { CompletionCursor, CompletionRecord, CompletionsQuery } from "../../store/completions.ts";
import type { Store } from "../../store/store.ts";
import { type EntryView, entryViews, type HolderView, holderView } from "./holder-view.ts";
import { type ModuleView, moduleView } from "./module-view.ts";

/** Everything that a learner touched; a course lists its modules by slug, a pathway its courses and modules. */
export type ProgressView = {
  modules: ModuleView[];
  courses: HolderView[];
  pathways: HolderView[];
  holds(holder: EntityRef, entry: EntityRef): boolean;
};

const unknown = ({ type, slug }: EntityRef): AppError =>
  new AppError("NOT_FOUND", `Neither the catalog nor the store knows a ${type} ${slug}.`);

/** Everything that a learner touched. A learner of whom nothing is known has done nothing. */
export async function readProgress(store: Store, catalog: Catalog, learnerId: LearnerId): Promise<ProgressView> {
  const { progress } = await store.read(learnerId);
  const touched = touchedBy(catalog, progress);
  const unsettled = unsettledAmong(catalog, progress, touched);
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

/** So many of a module's attempts are shown with it; all are in the history. */
const ATTEMPTS_SHOWN = 20;

/** One module of a learner, with its newest attempts, and the data of the completion that came last with any. @throws AppError NOT_FOUND for a module that neither catalog nor learner knows */
export async function readModule(
  store: Store,
  catalog: Catalog,
  learnerId: LearnerId,
  slug: string,
): Promise<ModuleView & { attempts: Attempt[]; completionData: unknown }> {
  const [{ progress }, newest] = await Promise.all([
    store.read(learnerId),
    store.attempts(learnerId, { limit: ATTEMPTS_SHOWN, moduleSlug: slug }),
  ]);
  const state = progress.module.get(slug);
  if (state === undefined && !knows(catalog, { type: "module", slug })) throw unknown({ type: "module", slug });
  const view = moduleView(catalog, slug, state ?? { facts: {} }, progress);
  let page = newest;
  const withData = () => page.attempts.find(({ completionData }) => completionData !== undefined);
  // Much may have been tried since: then the completion is not among the newest.
  while (view.completedAt !== undefined && !withData() && page.next)
    page = await store.attempts(learnerId, { limit: 1_000, moduleSlug: slug, after: page.next });
  return { ...view, attempts: newest.attempts, completionData: withData()?.completionData };
}

/** One course or pathway of a learner, with what it lists. @throws AppError NOT_FOUND as for a module */
export async function readHolder(
  store: Store,
  catalog: Catalog,
  learnerId: LearnerId,
  entity: EntityRef<HolderType>,
): Promise<HolderView & { entries: EntryView[] }> {
  const { progress } = await store.read(learnerId);
  if (!progress[entity.type].has(entity.slug) && !knows(catalog, entity)) throw unknown(entity);
  const unsettled = unsettledAmong(catalog, progress, [entity]);
  return {
    ...holderView(catalog, entity, progress, unsettled),
    entries: entryViews(catalog, entity, progress),
  };
}

/** Who completed a course or pathway, oldest first. @throws AppError NOT_FOUND for one that nobody completed and the catalog does not have */
export async function readCompletions(
  store: Store,
  catalog: Catalog,
  entity: EntityRef<EntityType>,
  query: CompletionsQuery,
): Promise<{ completions: CompletionRecord[]; next: CompletionCursor | undefined }> {
  const page = await store.completions(entity, query);
  if (page.completions.length === 0 && !knows(catalog, entity)) throw unknown(entity);
  return page;
}
