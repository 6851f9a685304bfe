import { type Catalog, type Definition, type Entry, type ModuleDefinition, plainModule } from "../catalog/catalog.ts";
import { isInForce } from "../catalog/content-time.ts";
import type { Requirement } from "../catalog/requirement.ts";
import type { EntityRef } from "../model/entity.ts";
import type { EntityState, Facts, Progress } from "../model/progress.ts";
import type { Timestamp } from "../model/time.ts";
import { type Completion, NOTHING_REQUIRED } from "./completion.ts";
import { type DoneAt, measure, metAt } from "./rules/evaluate.ts";
import { CONDITIONS, RULES } from "./rules/index.ts";
import { cumulativeScore } from "./rules/score.ts";

const rules = new Map(RULES.map((rule) => [rule.name, rule]));

const gated = new WeakMap<ModuleDefinition, boolean>();

/** Whether a module is complete by conditions of its own, not by being marked so. */
export function isGated(catalog: Catalog, slug: string): boolean {
  const module = catalog.module.get(slug);
  if (module === undefined) return false;
  const known = gated.get(module) ?? CONDITIONS.some((condition) => condition(module, {}).length > 0);
  gated.set(module, known);
  return known;
}

/** Whether a module's conditions are all met, since when, and what is missing. One without conditions is complete when it is marked so. */
export function calculateModuleCompletion(catalog: Catalog, slug: string, facts: Facts): Completion {
  const definition = catalog.module.get(slug) ?? plainModule(slug);
  const parts = CONDITIONS.flatMap((condition) => condition(definition, facts));
  if (parts.length === 0) parts.push({ missing: { type: "module", slug }, metAt: facts.completedAt });
  const times = parts.flatMap(({ metAt }) => metAt ?? []).sort();
  const progress = { completed: times.length, total: parts.length };
  const missing = parts.filter(({ metAt }) => metAt === undefined).map((part) => part.missing);
  const last = times.at(-1);
  const scored = definition.score && { cumulativeScore: cumulativeScore(definition.score, facts) };
  return missing.length === 0 && last !== undefined
    ? { completed: true, completedAt: last, progress, needed: parts.length, shortBy: 0, missing, ...scored }
    : { completed: false, progress, needed: parts.length, shortBy: missing.length, missing, ...scored };
}

/** When a module became complete, if it did: by its flag, by having been marked, or by conditions that the facts meet. */
export function moduleCompletedAt(
  catalog: Catalog,
  slug: string,
  state: EntityState | undefined,
): Timestamp | undefined {
  const stored = state?.flag?.completedAt ?? state?.facts.completedAt;
  if (stored !== undefined || state === undefined || !isGated(catalog, slug)) return stored;
  return calculateModuleCompletion(catalog, slug, state.facts).completedAt;
}

const toward = ({ completion }: Definition, entries: readonly Entry[]): Requirement<Entry> => {
  const rule = rules.get(completion.rule);
  // The catalog has been checked against the same rules.
  if (rule === undefined) throw new TypeError(`No completion rule ${completion.rule}`);
  return rule.requirement(completion as never, entries);
};

/** From `start` on, until the next period starts, a definition asks for this. */
type Period = { start: Timestamp; requirement: Requirement<Entry> };

const BEFORE_ALL_TIME = "";

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
    requirement: toward(
      definition,
      entries.filter((entry) => isInForce(entry, start)),
    ),
  }));
  periods.set(definition, found);
  return found;
}

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
  const { completed, total, needed, shortBy, missing } = measure(inForce, isDone);
  const progress = { completed, total };
  return completedAt === undefined
    ? { completed: false, progress, needed, shortBy, missing: missing.map(({ type, slug }) => ({ type, slug })) }
    : { completed: true, completedAt, progress, needed, shortBy: 0, missing: [] };
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
  if (type === "module") return calculateModuleCompletion(catalog, slug, progress.module.get(slug)?.facts ?? {});
  return (type === "course" ? calculateCourseCompletion : calculatePathwayCompletion)(catalog, slug, progress);
}

/** When an entity became complete, if it did: by its flag, or else by the facts. */
export function completedAtOf(catalog: Catalog, entity: EntityRef, progress: Progress): Timestamp | undefined {
  const state = progress[entity.type].get(entity.slug);
  if (entity.type === "module") return moduleCompletedAt(catalog, entity.slug, state);
  return state?.flag?.completedAt ?? calculateCompletion(catalog, entity, progress).completedAt;
}
