import type { Catalog, Definition, Entry } from "../catalog/catalog.ts";
import { isGroup, leavesOf, type Requirement } from "../catalog/requirement.ts";
import { type EntityRef, entityKey } from "../model/entity.ts";
import type { Progress } from "../model/progress.ts";
import { completedAtOf, requirementAt } from "./calculate.ts";
import { measure } from "./rules/evaluate.ts";

/** The order of a sequential holder, for one learner. */
export type Order = {
  /** Whether an entry is locked by it. */
  locks: (entry: EntityRef) => boolean;
  /** What locks an entry. */
  missingBefore: (entry: EntityRef) => EntityRef[];
};

/**
 * What locks an entry of a sequential holder: the required entries before it that the holder's rule still asks for.
 * Where a group leaves a choice, none of its entries locks another, because a learner may choose.
 */
export function orderOf(catalog: Catalog, holder: Definition, progress: Progress): Order {
  const { entries } = holder;
  const places = new Map(entries.map((entry, index) => [entityKey(entry), index]));
  const doneAt = new Map(entries.map((entry) => [entry, completedAtOf(catalog, entry, progress)]));
  const isDone = (entry: Entry) => doneAt.get(entry) !== undefined;
  const requirement = requirementAt(holder, catalog.asOf);
  const missing = new Set(measure(requirement, isDone).missing);
  const choices = choicesIn(requirement);
  // In their order, so that what stands before an entry is found from the front.
  const asked = entries.flatMap((entry, index) => (!entry.optional && missing.has(entry) ? [{ entry, index }] : []));
  const before = (ref: EntityRef) => {
    const index = places.get(entityKey(ref)) ?? 0;
    const others = choices.get(entries[index] as Entry);
    return (one: { entry: Entry; index: number }) => one.index < index && !others?.has(one.entry);
  };
  return {
    locks: (ref) => asked.some(before(ref)),
    missingBefore: (ref) => asked.filter(before(ref)).map(({ entry: { type, slug } }) => ({ type, slug })),
  };
}

/** Of each entry that stands in a choice, the entries of the outermost group around it that needs not all of its parts. */
function choicesIn(requirement: Requirement<Entry>): Map<Entry, ReadonlySet<Entry>> {
  return new Map(
    requirement.of.filter(isGroup<Entry>).flatMap((group): (readonly [Entry, ReadonlySet<Entry>])[] => {
      if (group.need === group.of.length) return [...choicesIn(group)];
      const leaves = new Set(leavesOf(group));
      return [...leaves].map((leaf) => [leaf, leaves]);
    }),
  );
}
