import { partsByName, requirementOf } from "../catalog/build-requirement.ts";
import type { Catalog, Definition, Entry, ModuleDefinition } from "../catalog/catalog.ts";
import { isInForce } from "../catalog/content-time.ts";
import type { Requirement } from "../catalog/requirement.ts";
import type { EntityRef } from "../model/entity.ts";
import type { EntityState, Facts, Progress } from "../model/progress.ts";
import { earliest, type Timestamp } from "../model/time.ts";
import { type Completion, NOTHING_REQUIRED } from "./completion.ts";
import { isCurrent } from "./is-current.ts";
import { markedAt, markedBefore } from "./marks.ts";
import { MeasuredLater } from "./measured-later.ts";
import { countsMark, hasConditions, moduleRequirement } from "./module-requirement.ts";
import { type DoneAt, measure, metAt } from "./rules/evaluate.ts";
import { RULES } from "./rules/index.ts";
import { cumulativeScore } from "./rules/score.ts";

const BEFORE_ALL_TIME = "";

const gated = new WeakMap<ModuleDefinition, boolean>();

/** Whether a module is complete by conditions of its own, not by being marked so. */
export function isGated(catalog: Catalog, slug: string): boolean {
  const module = catalog.module.get(slug);
  if (module === undefined) return false;
  const known = gated.get(module) ?? hasConditions(module);
  gated.set(module, known);
  return known;
}

/** Whether a module has conditions that are in force at a moment. */
export const hasConditionsAt = (catalog: Catalog, slug: string, moment: Timestamp): boolean =>
  isGated(catalog, slug) && isInForce({ from: catalog.module.get(slug)?.from }, moment);

/** Whether to say of a module at a moment that it is complete is a claim, since conditions alone decide. */
export function isClaimAt(catalog: Catalog, slug: string, moment: Timestamp): boolean {
  const module = catalog.module.get(slug);
  return module !== undefined && hasConditionsAt(catalog, slug, moment) && !countsMark(module);
}

/** What is known of a module: the learner's facts, and the time of an accepted claim. */
type Known = { facts: Facts; claimedAt?: Timestamp | undefined };

const claimOf = ({ flag, claimedAt }: EntityState): Timestamp | undefined => flag?.claimedAt ?? claimedAt;

/**
 * Whether a module is complete, since when, and what is missing: before its conditions are in force by a mark, and from
 * then on by its rule over them. One without conditions is complete when it is marked so.
 */
export function calculateModuleCompletion(catalog: Catalog, slug: string, { facts, claimedAt }: Known): Completion {
  const definition = catalog.module.get(slug);
  if (definition === undefined || !isGated(catalog, slug)) return markedOnly(slug, markedAt(facts, claimedAt));
  const marked = markedBefore(definition, facts, claimedAt);
  const scored = definition.score && { cumulativeScore: cumulativeScore(definition.score, facts) };
  if (!isInForce({ from: definition.from }, catalog.asOf)) return { ...markedOnly(slug, marked), ...scored };

  const requirement = moduleRequirement(definition, facts, claimedAt);
  const met = metAt(requirement, (part) => part.metAt);
  const completedAt = earliest(met && latest(met, definition.from ?? BEFORE_ALL_TIME), marked);
  const { missing, ...progress } = measure(requirement, (part) => part.metAt !== undefined);
  return completedAt === undefined
    ? { completed: false, progress, missing: missing.map((part) => part.missing), ...scored }
    : {
        completed: true,
        completedAt,
        ...(completedAt === marked && { isMarked: true }),
        progress: { ...progress, shortBy: 0 },
        missing: [],
        ...scored,
      };
}

const markedOnly = (slug: string, completedAt: Timestamp | undefined): Completion =>
  completedAt === undefined
    ? {
        completed: false,
        progress: { completed: 0, total: 1, needed: 1, shortBy: 1 },
        missing: [{ type: "module", slug }],
      }
    : {
        completed: true,
        completedAt,
        isMarked: true,
        progress: { completed: 1, total: 1, needed: 1, shortBy: 0 },
        missing: [],
      };

/**
 * When a module became complete, if it did. Facts and today's conditions decide, whatever a flag says; the flag tells
 * the time, because it knows of claims, and of what was asked for then.
 */
export function moduleCompletedAt(
  catalog: Catalog,
  slug: string,
  state: EntityState | undefined,
): Timestamp | undefined {
  if (state === undefined) return undefined;
  const { facts, flag } = state;
  const entity = { type: "module", slug } as const;
  // Facts only grow, so what was complete by today's conditions still is. Of what has no file nobody can tell more.
  if (flag && (!catalog.module.has(slug) || isCurrent(catalog, entity, flag))) return flag.completedAt;
  const completion = isGated(catalog, slug)
    ? calculateModuleCompletion(catalog, slug, { facts, claimedAt: claimOf(state) })
    : { completedAt: markedAt(facts, claimOf(state)) };
  return completion.completedAt && (flag?.completedAt ?? completion.completedAt);
}

const latest = (a: Timestamp, b: Timestamp): Timestamp => (a < b ? b : a);

/** From `start` on, until the next period starts, a definition asks for this. */
type Period = { start: Timestamp; requirement: Requirement<Entry> };

// A definition never changes, and a run asks for each of a few hundred once per learner.
const periods = new WeakMap<Definition, Period[]>();

/** What a definition asks for in the course of time: other entries come into force, or go out of it. */
function periodsOf(definition: Definition): Period[] {
  const known = periods.get(definition);
  if (known) return known;
  const { entries } = definition;
  const turns = new Set(entries.flatMap(({ from, until }) => [from ?? [], until ?? []].flat()));
  const found = [BEFORE_ALL_TIME, ...[...turns].sort()].map((start) => ({
    start,
    requirement: requirementOf(
      definition.completion,
      RULES,
      partsByName(
        entries.filter((entry) => isInForce(entry, start)),
        (entry) => entry as Entry,
      ),
    ),
  }));
  periods.set(definition, found);
  return found;
}

/** What a definition asks for at a moment. */
export const requirementAt = (definition: Definition, moment: Timestamp): Requirement<Entry> =>
  (periodsOf(definition).findLast(({ start }) => start <= moment) as Period).requirement;

/** The first moment at which what was done up to it meets what was in force at it. */
function firstMetAt(some: readonly Period[], doneAt: DoneAt<Entry>): Timestamp | undefined {
  for (const [index, { start, requirement }] of some.entries()) {
    const time = metAt(requirement, doneAt);
    const moment = time !== undefined && time < start ? start : time;
    const end = some[index + 1]?.start;
    if (moment !== undefined && (end === undefined || moment < end)) return moment;
  }
  return undefined;
}

/** Each entry is asked about many times, and a course in a pathway is as much work as the course itself. */
function askedOnce({ entries }: Definition, doneAt: DoneAt<Entry>): DoneAt<Entry> {
  const times = new Map(entries.map((entry) => [entry, doneAt(entry)]));
  return (entry) => times.get(entry);
}

/** @param asOf the moment of asking: what comes into force later is not looked at yet */
function evaluate(definition: Definition, done: DoneAt<Entry>, asOf: Timestamp): Completion {
  const doneAt = askedOnce(definition, done);
  const begun = periodsOf(definition).filter(({ start }) => start <= asOf);
  const { requirement: inForce } = begun.at(-1) as Period;
  const completedAt = firstMetAt(begun, doneAt);
  const isDone = (entry: Entry) => doneAt(entry) !== undefined;
  return new MeasuredLater(completedAt, () => measure(inForce, isDone));
}

/** Whether the facts complete a course, since when, and what is missing. A course without metadata is never complete. */
export function calculateCourseCompletion(catalog: Catalog, slug: string, progress: Progress): Completion {
  const course = catalog.course.get(slug);
  if (course === undefined) return NOTHING_REQUIRED;
  return evaluate(
    course,
    (entry) => moduleCompletedAt(catalog, entry.slug, progress.module.get(entry.slug)),
    catalog.asOf,
  );
}

/** As for a course. A course counts in a pathway when it is flagged complete or the facts complete it. */
export function calculatePathwayCompletion(catalog: Catalog, slug: string, progress: Progress): Completion {
  const pathway = catalog.pathway.get(slug);
  return pathway === undefined
    ? NOTHING_REQUIRED
    : evaluate(pathway, (entry) => completedAtOf(catalog, entry, progress), catalog.asOf);
}

/** What the facts say of an entity. */
export function calculateCompletion(catalog: Catalog, { type, slug }: EntityRef, progress: Progress): Completion {
  if (type === "module") {
    const state = progress.module.get(slug) ?? { facts: {} };
    return calculateModuleCompletion(catalog, slug, { facts: state.facts, claimedAt: claimOf(state) });
  }
  return (type === "course" ? calculateCourseCompletion : calculatePathwayCompletion)(catalog, slug, progress);
}

/** When an entity became complete, if it did: by its flag, or else by the facts. */
export function completedAtOf(catalog: Catalog, entity: EntityRef, progress: Progress): Timestamp | undefined {
  const state = progress[entity.type].get(entity.slug);
  if (entity.type === "module") return moduleCompletedAt(catalog, entity.slug, state);
  return state?.flag?.completedAt ?? calculateCompletion(catalog, entity, progress).completedAt;
}
