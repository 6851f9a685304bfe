import { partsByName, requirementOf } from "../../catalog/build-requirement.ts";
import type { Definition, Entry } from "../../catalog/catalog.ts";
import { isInForce } from "../../catalog/content-time.ts";
import type { Requirement } from "../../catalog/requirement.ts";
import type { Timestamp } from "../../model/time.ts";
import { RULES } from "../rules/index.ts";
import { EVER } from "./facts-since.ts";

/** From `start` on, until the next period starts, a definition asks for this. */
export type Period = { start: Timestamp; requirement: Requirement<Entry> };

// A definition never changes, and a run asks for each of a few hundred once per learner.
const periods = new WeakMap<Definition, Period[]>();

/** What a definition asks for in the course of time: other entries come into force, or go out of it. */
export function periodsOf(definition: Definition): Period[] {
  const known = periods.get(definition);
  if (known) return known;
  const { entries } = definition;
  const turns = new Set(entries.flatMap(({ from, until }) => [from ?? [], until ?? []].flat()));
  const found = [EVER, ...[...turns].sort()].map((start) => ({
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
