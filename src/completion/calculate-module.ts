import type { Catalog, ModuleDefinition } from "../catalog/catalog.ts";
import { isInForce } from "../catalog/content-time.ts";
import type { Facts } from "../model/progress.ts";
import { earliest, type Timestamp } from "../model/time.ts";
import type { Completion } from "./completion.ts";
import { markedAt, markedBefore } from "./marks.ts";
import { countsMark, hasConditions, moduleRequirement } from "./module-requirement.ts";
import { measure, metAt } from "./rules/evaluate.ts";
import { cumulativeScore } from "./rules/score.ts";
import type { StandingClaim } from "./terms/claims.ts";

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

/** What is known of a module: the learner's facts, and an accepted claim. */
type Known = { facts: Facts; claim?: StandingClaim | undefined };

/**
 * Whether a module is complete, since when, and what is missing: before its conditions are in force by a mark, and from
 * then on by its rule over them. One without conditions is complete when it is marked so.
 */
export function calculateModuleCompletion(catalog: Catalog, slug: string, { facts, claim }: Known): Completion {
  const definition = catalog.module.get(slug);
  if (definition === undefined || !isGated(catalog, slug)) return markedOnly(slug, markedAt(facts, claim?.at));
  const marked = markedBefore(definition, facts, claim);
  const scored = definition.score && { cumulativeScore: cumulativeScore(definition.score, facts) };
  if (!isInForce({ from: definition.from }, catalog.asOf)) return { ...markedOnly(slug, marked), ...scored };

  const requirement = moduleRequirement(definition, facts, claim?.at);
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

const latest = (a: Timestamp, b: Timestamp): Timestamp => (a < b ? b : a);
