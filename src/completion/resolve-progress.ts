import { type Catalog, knows } from "../catalog/catalog.ts";
import { inOrderOfAcceptance } from "../model/claimed.ts";
import type { EntityRef, EntityType } from "../model/entity.ts";
import { type EntityState, mergeFacts, type Progress } from "../model/progress.ts";
import { liveProgress } from "./decisions/live-progress.ts";
import { FLAG_ORDER } from "./reach.ts";

/** An entity's slug, and those that it had once, under which facts and flags may be stored. */
export const slugsOf = (catalog: Catalog, { type, slug }: EntityRef): string[] => [
  slug,
  ...(catalog[type].get(slug)?.aliases ?? []),
];

/**
 * What is stored under aliases as what it means: facts together, and the entity's own flag, or else an alias's. Of all
 * that, what counts by what was decided.
 */
export function resolveProgress(catalog: Catalog, progress: Progress): Progress {
  const [module, course, pathway] = FLAG_ORDER.map((type) => resolveStates(catalog, type, progress[type]));
  return liveProgress(catalog, { ...progress, module, course, pathway } as Progress);
}

function resolveStates(catalog: Catalog, type: EntityType, states: Map<string, EntityState>): Map<string, EntityState> {
  const isAlias = (slug: string) => catalog.resolve({ type, slug }).slug !== slug;
  const aliases = [...states.keys()].filter(isAlias);
  if (aliases.length === 0) return states;
  const resolved = new Map([...states].filter(([slug]) => !isAlias(slug)));
  for (const slug of new Set(aliases.map((alias) => catalog.resolve({ type, slug: alias }).slug))) {
    const [own = slug, ...others] = slugsOf(catalog, { type, slug });
    const earlier = others.flatMap((alias) => (states.has(alias) ? [{ alias, state: stateIn(states, alias) }] : []));
    resolved.set(slug, merged(stateIn(states, own), earlier));
  }
  return resolved;
}

const stateIn = (states: Map<string, EntityState>, slug: string): EntityState => states.get(slug) ?? { facts: {} };

function merged(own: EntityState, earlier: readonly { alias: string; state: EntityState }[]): EntityState {
  const aliasFacts = earlier.reduce((facts, { state }) => mergeFacts(facts, state.facts), {});
  const isListed = own.flag !== undefined || own.facts.completedAt !== undefined;
  const flagged = own.flag ? undefined : earlier.find(({ state }) => state.flag);
  const listed = isListed ? undefined : earlier.find(({ state }) => state.facts.completedAt !== undefined);
  const claims = [own, ...earlier.map(({ state }) => state)].flatMap((state) => state.claims ?? []);
  claims.sort(inOrderOfAcceptance);
  const storedAs = (flagged ?? listed)?.alias;
  return {
    ...own,
    facts: mergeFacts(own.facts, aliasFacts),
    aliasFacts,
    ...(claims.length > 0 && { claims }),
    ...(flagged?.state.flag && { flag: flagged.state.flag }),
    ...(storedAs !== undefined && { storedAs }),
  };
}

/** Flags of what the catalog does not have any more. */
export const unknownFlags = (catalog: Catalog, progress: Progress): number =>
  FLAG_ORDER.flatMap((type) =>
    [...progress[type]].filter(([slug, { flag }]) => flag !== undefined && !knows(catalog, { type, slug })),
  ).length;
