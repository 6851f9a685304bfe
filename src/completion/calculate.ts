import type { Catalog, Definition, Entry } from "../catalog/catalog.ts";
import type { Requirement } from "../catalog/requirement.ts";
import type { EntityRef, HolderType } from "../model/entity.ts";
import type { EntityState, Progress } from "../model/progress.ts";
import type { Timestamp } from "../model/time.ts";
import { type Completion, NOTHING_REQUIRED } from "./completion.ts";
import { measure } from "./rules/evaluate.ts";
import { EVER } from "./terms/facts-since.ts";
import { moduleCompletion, moduleDoneAt } from "./terms/module-done.ts";
import { requirementAt } from "./terms/periods.ts";
import { type DoneSpans, isDoneAt, NONE_COUNTS } from "./terms/satisfied.ts";
import { type Standing, standingAt } from "./terms/standing.ts";
import { isForGood, type Terms, termsOf, toldTerms } from "./terms/terms.ts";

export { calculateModuleCompletion, hasConditionsAt, isClaimAt, isGated } from "./calculate-module.ts";
export { requirementAt } from "./terms/periods.ts";
export { termsOf, toldTerms } from "./terms/terms.ts";

/** When a module became complete, if it did. */
export const moduleCompletedAt = (
  catalog: Catalog,
  slug: string,
  state: EntityState | undefined,
): Timestamp | undefined => moduleDoneAt(catalog, slug, state);

/**
 * Whether the facts complete a course or pathway, since when, and what is missing: of the newest term, or, where that has
 * expired, of the one to come. One without metadata is complete by a waiver alone.
 * @param terms those of the facts, of who has worked them out already
 */
export function calculateHolder(
  catalog: Catalog,
  entity: EntityRef<HolderType>,
  progress: Progress,
  terms: Terms = termsOf(catalog, entity, progress),
): Completion {
  const { newest } = terms;
  const standing = standingAt(terms, catalog.asOf);
  const definition = catalog[entity.type].get(entity.slug);
  const ratio = measuredLater(standing.status === "completed", () =>
    ratioOf(catalog, definition, terms.spansFrom(standing.opensAt)),
  );
  if (newest === undefined) return Object.assign(ratio, { completed: false });
  return Object.assign(ratio, {
    completed: true,
    completedAt: newest.inferredAt,
    term: { ...newest, number: terms.terms.length },
    ...(newest.waiver && { waiver: newest.waiver }),
  });
}

type Distance = Readonly<Pick<Completion, "progress" | "missing">>;

/**
 * How far a learner is, measured when somebody asks: most want to know whether and when alone, and a run asks that of
 * every holder of every learner.
 */
function measuredLater(isComplete: boolean, measured: () => Distance): Distance {
  let known: Distance | undefined;
  const found = (): Distance => {
    known ??= measured();
    return known;
  };
  return {
    get progress() {
      return isComplete ? { ...found().progress, shortBy: 0 } : found().progress;
    },
    get missing() {
      return isComplete ? [] : found().missing;
    },
  };
}

/** How far a learner is in a window, as if it were not complete. */
function ratioOf(catalog: Catalog, definition: Definition | undefined, spans: DoneSpans): Distance {
  if (definition === undefined) return NOTHING_REQUIRED;
  const requirement = requirementAt(definition, catalog.asOf);
  return spans === NONE_COUNTS
    ? untouched(requirement)
    : distanceOf(requirement, (entry) => isDoneAt(spans(entry), catalog.asOf));
}

function distanceOf(requirement: Requirement<Entry>, isDone: (entry: Entry) => boolean): Distance {
  const { missing, ...progress } = measure(requirement, isDone);
  return { progress, missing: missing.map(({ type, slug }) => ({ type, slug })) };
}

// Whoever has done nothing of a course is as far as all others who have, and a batch may name a hundred of them.
const distances = new WeakMap<Requirement<Entry>, Distance>();

function untouched(requirement: Requirement<Entry>): Distance {
  const distance = distances.get(requirement) ?? distanceOf(requirement, () => false);
  distances.set(requirement, distance);
  return distance;
}

/** What the facts say of an entity. */
export function calculateCompletion(catalog: Catalog, { type, slug }: EntityRef, progress: Progress): Completion {
  if (type === "module") return moduleCompletion(catalog, slug, progress.module.get(slug) ?? { facts: {} });
  return calculateHolder(catalog, { type, slug }, progress);
}

/**
 * How a learner stands with a course or pathway, as answers tell it: without a flag it is open, whatever the facts say,
 * until the next event or backfill has settled it.
 * @param told the terms as a reader is told of them, of who has worked them out already
 */
export function standingOf(
  catalog: Catalog,
  { type, slug }: EntityRef<HolderType>,
  progress: Progress,
  told?: Terms,
): Standing {
  const state = progress[type].get(slug);
  if (state?.flag && isForGood(catalog, { type, slug }, state)) {
    const { completedAt } = state.flag;
    return { status: "completed", term: { opensAt: EVER, inferredAt: completedAt, completedAt }, opensAt: EVER };
  }
  const standing = standingAt(told ?? toldTerms(catalog, { type, slug }, progress), catalog.asOf);
  return state?.flag ? standing : { status: "open", opensAt: standing.opensAt };
}

/**
 * When an entity became complete, if it is: a module since it was first done, a holder since its newest term was
 * completed, by its flag or else by the facts.
 */
export function completedAtOf(catalog: Catalog, entity: EntityRef, progress: Progress): Timestamp | undefined {
  const { type, slug } = entity;
  const state = progress[type].get(slug);
  if (type === "module") return moduleDoneAt(catalog, slug, state);
  if (state?.flag && isForGood(catalog, { type, slug }, state)) return state.flag.completedAt;
  const standing = standingAt(toldTerms(catalog, { type, slug }, progress), catalog.asOf);
  return standing.status === "completed" ? standing.term.completedAt : undefined;
}
