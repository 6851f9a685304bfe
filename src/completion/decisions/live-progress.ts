import type { Catalog } from "../../catalog/catalog.ts";
import { type Decision, ofKind } from "../../model/decision.ts";
import { type EntityRef, entityKey } from "../../model/entity.ts";
import type { EntityState, Progress } from "../../model/progress.ts";
import type { Result } from "../../model/result.ts";
import { type Source, sourceOf } from "../../model/source.ts";
import { judgementOf, liveState } from "./live-facts.ts";
import { standingGrades } from "./standing-grades.ts";
import { standingVoids } from "./standing-voids.ts";
import { standingWaivers } from "./standing-waivers.ts";

const TYPES = ["module", "course", "pathway"] as const;

/**
 * What counts of all that is known of a learner: without what is void, and with waivers, resets and granted attempts at
 * what they are about. Everything that is calculated is calculated from this. Whoever has no decisions has what is stored.
 */
export function liveProgress(catalog: Catalog, progress: Progress): Progress {
  const { decisions = [] } = progress;
  if (decisions.length === 0) return progress;
  const voids = standingVoids(decisions);
  const voided = new Set([...voids.keys()].map(sourceOf));
  const standing = decisions.filter(({ eventId }) => !voids.has(eventId));
  const live: Progress = {
    module: new Map(progress.module),
    course: new Map(progress.course),
    pathway: new Map(progress.pathway),
    decisions,
    voided,
    regraded: standingGrades(catalog, standing),
    statedBy: statementsOf(progress, decisions),
  };
  for (const type of TYPES)
    for (const [slug, state] of progress[type]) {
      const counting = liveState(state, judgementOf(live, { type, slug }));
      live[type].set(slug, withAttemptsBack(state, counting, voided));
    }
  addWaivers(catalog, live, decisions, standing);
  addResets(catalog, live, standing);
  addGrants(catalog, live, standing);
  return live;
}

const change = (
  progress: Progress,
  { type, slug }: EntityRef,
  by: (state: EntityState) => Partial<EntityState>,
): void => {
  const state = progress[type].get(slug) ?? { facts: {} };
  progress[type].set(slug, { ...state, ...by(state) });
};

/** A void attempt is given back, once however often its event was sent. */
function withAttemptsBack(stored: EntityState, live: EntityState, voided: ReadonlySet<Source>): EntityState {
  if (stored === live || stored.facts.tasks === undefined) return live;
  const isVoid = ({ source }: Result) => source !== undefined && voided.has(source);
  const attempts = new Map(
    stored.facts.tasks.filter(isVoid).map(({ key, at, source }) => [`${source}#${at}#${key}`, key]),
  );
  const more: Record<string, number> = {};
  for (const key of attempts.values()) more[key] = (more[key] ?? 0) + 1;
  return attempts.size === 0 ? live : { ...live, moreAttempts: more };
}

function addWaivers(
  catalog: Catalog,
  progress: Progress,
  all: readonly Decision[],
  standing: readonly Decision[],
): void {
  const about = new Map(
    ofKind(all, "waiver").map(({ entity }) => [entityKey(catalog.resolve(entity)), catalog.resolve(entity)]),
  );
  for (const [key, entity] of about) {
    const own = ofKind(standing, "waiver").filter((one) => entityKey(catalog.resolve(one.entity)) === key);
    const waivers = standingWaivers(own);
    change(progress, entity, () => ({ isDisputed: true, ...(waivers.length > 0 && { waivers }) }));
  }
}

function addResets(catalog: Catalog, progress: Progress, standing: readonly Decision[]): void {
  for (const { entity, at } of ofKind(standing, "reset"))
    change(progress, catalog.resolve(entity), ({ resets = [] }) => ({ resets: [...new Set([...resets, at])].sort() }));
}

function addGrants(catalog: Catalog, progress: Progress, standing: readonly Decision[]): void {
  for (const { moduleSlug, taskSlug, count } of ofKind(standing, "grant"))
    change(progress, catalog.resolve({ type: "module", slug: moduleSlug }), ({ moreAttempts = {} }) => ({
      moreAttempts: { ...moreAttempts, [taskSlug]: (moreAttempts[taskSlug] ?? 0) + count },
    }));
}

/** What the events that somebody voided spoke of, whether or not they are void now: it is to be settled with the void. */
function statementsOf(progress: Progress, decisions: readonly Decision[]): ReadonlyMap<Source, EntityRef[]> {
  const asked = new Set(ofKind(decisions, "void").map(({ voids }) => sourceOf(voids)));
  const found = new Map<Source, EntityRef[]>();
  if (asked.size === 0) return found;
  for (const type of TYPES)
    for (const [slug, { facts, claims = [] }] of progress[type]) {
      const { tasks = [], scores = [], steps = [], marks = [] } = facts;
      const elements = [...tasks, ...scores, ...steps, ...marks, ...claims];
      const sources = new Set(
        elements.flatMap(({ source }) => (source !== undefined && asked.has(source) ? [source] : [])),
      );
      for (const source of sources) found.set(source, [...(found.get(source) ?? []), { type, slug }]);
    }
  return found;
}
