import { type Catalog, type Definition, knows } from "../catalog/catalog.ts";
import { calculateCompletion } from "../completion/calculate.ts";
import type { Ratio } from "../completion/completion.ts";
import { touchedBy } from "../completion/settle.ts";
import { type EntityRef, type EntityType, entityKey, type FlaggedType } from "../model/entity.ts";
import { AppError } from "../model/errors.ts";
import type { LearnerId } from "../model/learner.ts";
import type { Facts, FlaggedState, Progress } from "../model/progress.ts";
import type { CompletionCursor, CompletionRecord, CompletionsQuery, Store } from "../store/store.ts";

/** A module of one learner. `missing` is why it is not complete. */
export type ModuleView = {
  slug: string;
  status: "not_started" | "started" | "completed";
  facts: Facts;
  missing: EntityRef[];
};

/** A course or pathway of one learner. `missing` is what stands between the learner and completion. */
export type FlaggedView = {
  entity: EntityRef<FlaggedType>;
  title: string | null;
  state: FlaggedState;
  progress: Ratio;
  missing: EntityRef[];
};

/** Everything that a learner touched; a course lists its modules by slug, a pathway its courses and modules. */
export type ProgressView = {
  modules: ModuleView[];
  courses: FlaggedView[];
  pathways: FlaggedView[];
  holds(holder: EntityRef, entry: EntityRef): boolean;
};

export const moduleView = (slug: string, facts: Facts): ModuleView => ({
  slug,
  status: facts.completedAt !== undefined ? "completed" : facts.startedAt !== undefined ? "started" : "not_started",
  facts,
  missing: facts.completedAt === undefined ? [{ type: "module", slug }] : [],
});

const flaggedView = (catalog: Catalog, entity: EntityRef<FlaggedType>, progress: Progress): FlaggedView => {
  const state = progress[entity.type].get(entity.slug) ?? { facts: {} };
  const completion = calculateCompletion(catalog, entity, progress);
  return {
    entity,
    title: catalog[entity.type].get(entity.slug)?.title ?? null,
    state,
    progress: completion.progress,
    // What an older catalog flagged stays complete, though today's may ask for more.
    missing: state.flag ? [] : completion.missing,
  };
};

const unknown = ({ type, slug }: EntityRef): AppError =>
  new AppError("NOT_FOUND", `Neither the catalog nor the store knows a ${type} ${slug}.`);

/** Everything that a learner touched. A learner of whom nothing is known has done nothing. */
export async function readProgress(store: Store, catalog: Catalog, learnerId: LearnerId): Promise<ProgressView> {
  const { progress } = await store.read(learnerId);
  const touched = touchedBy(catalog, progress);
  const viewsOf = (type: FlaggedType) =>
    touched.filter((entity) => entity.type === type).map((entity) => flaggedView(catalog, entity, progress));
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
    modules: [...progress.module].map(([slug, facts]) => moduleView(slug, facts)),
    courses: viewsOf("course"),
    pathways: viewsOf("pathway"),
    holds: (holder, entry) => held(holder).has(entityKey(entry)),
  };
}

/** One module of a learner. @throws AppError NOT_FOUND for a module that neither catalog nor learner knows */
export async function readModule(
  store: Store,
  catalog: Catalog,
  learnerId: LearnerId,
  slug: string,
): Promise<ModuleView> {
  const facts = await store.readModule(learnerId, slug);
  if (facts === undefined && !knows(catalog, { type: "module", slug })) throw unknown({ type: "module", slug });
  return moduleView(slug, facts ?? {});
}

/** One course or pathway of a learner. @throws AppError NOT_FOUND as for a module */
export async function readFlagged(
  store: Store,
  catalog: Catalog,
  learnerId: LearnerId,
  entity: EntityRef<FlaggedType>,
): Promise<FlaggedView> {
  const { progress } = await store.read(learnerId);
  if (!progress[entity.type].has(entity.slug) && !knows(catalog, entity)) throw unknown(entity);
  return flaggedView(catalog, entity, progress);
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
