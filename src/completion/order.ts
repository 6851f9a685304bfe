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
export function orderOf(catalog: Catalog, { entries, ...holder }: Definition, progress: Progress): Order {
  const places = new Map(entries.map((entry, index) => [entityKey(entry), index]));
  const doneAt = new Map(entries.map((entry) => [entry, completedAtOf(catalog, entry, progress)]));
  const isDone = (entry: Entry) => doneAt.get(entry) !== undefined;
  const requirement = requirementAt({ entries, ...holder }, catalog.asOf);
  const missing = new Set(measure(requirement, isDone).missing);
  // In their order, so that what stands before an entry is found from the front.
  const asked = entries.flatMap((entry, index) => (!entry.optional && missing.has(entry) ? [{ entry, index }] : []));
  const before = (ref: EntityRef) => {
    const index = places.get(entityKey(ref)) ?? 0;
    const others = new Set(choiceAround(requirement, entries[index] as Entry));
    return (one: { entry: Entry; index: number }) => one.index < index && !others.has(one.entry);
  };
  return {
    locks: (ref) => asked.some(before(ref)),
    missingBefore: (ref) => asked.filter(before(ref)).map(({ entry: { type, slug } }) => ({ type, slug })),
  };
}

/** The entries of the outermost group around an entry that needs not all of its parts. */
function choiceAround(requirement: Requirement<Entry>, entry: Entry): Entry[] {
  for (const part of requirement.of) {
    const leaves = isGroup(part) ? leavesOf(part) : [];
    if (!isGroup(part) || !leaves.includes(entry)) continue;
    return part.need < part.of.length ? leaves : choiceAround(part, entry);
  }
  return [];
}
