import type { Catalog } from "../../catalog/catalog.ts";
import { unsettledAmong } from "../../completion/settled.ts";
import type { EntityRef, HolderType } from "../../model/entity.ts";
import type { LearnerId } from "../../model/learner.ts";
import type { Store } from "../../store/store.ts";
import { type EntryView, entryViews, type HolderView, holderView } from "./holder-view.ts";
import { type ModuleView, moduleView } from "./module-view.ts";
import { progressOf } from "./progress-of.ts";

/** The courses and pathways that a page asks for, by slug. */
export type SummaryQuery = { courses?: readonly string[] | undefined; pathways?: readonly string[] | undefined };

export type HolderSummary = HolderView & { entries: EntryView[] };

/** Courses and pathways, touched or not, with the modules that they list, by slug. */
export type SummaryView = { courses: HolderSummary[]; pathways: HolderSummary[]; modules: ModuleView[] };

/**
 * What a page needs of the courses and pathways that it asks for, or of all that the catalog has where it asks for none.
 * What neither catalog nor learner knows is left out.
 */
export async function readSummary(
  store: Store,
  catalog: Catalog,
  learnerId: LearnerId,
  query: SummaryQuery,
): Promise<SummaryView> {
  const progress = await progressOf(store, catalog, learnerId);
  const isForAll = query.courses === undefined && query.pathways === undefined;
  const asked = (type: HolderType, slugs: readonly string[] | undefined): EntityRef<HolderType>[] => {
    const all = catalog[`${type}s`].map(({ slug }) => slug);
    const wanted = (isForAll ? all : (slugs ?? [])).map((slug) => catalog.resolve({ type, slug }).slug);
    return [...new Set(wanted)]
      .filter((slug) => catalog[type].has(slug) || progress[type].has(slug))
      .map((slug) => ({ type, slug }));
  };
  const [courses, pathways] = [asked("course", query.courses), asked("pathway", query.pathways)];
  const unsettled = unsettledAmong(catalog, progress, [...courses, ...pathways]);
  const summaryOf = (entity: EntityRef<HolderType>): HolderSummary => ({
    ...holderView(catalog, entity, progress, unsettled),
    entries: entryViews(catalog, entity, progress),
  });
  const summary = { courses: courses.map(summaryOf), pathways: pathways.map(summaryOf) };
  const listed = [...summary.courses, ...summary.pathways].flatMap(({ entries }) =>
    entries.flatMap(({ type, slug }) => (type === "module" ? [slug] : [])),
  );
  const modules = [...new Set(listed)].map((slug) =>
    moduleView(catalog, slug, progress.module.get(slug) ?? { facts: {} }, progress),
  );
  return { ...summary, modules };
}
