import type { Catalog, Definition, Entry } from "../catalog/catalog.ts";
import { isGroup, leavesOf, type Requirement } from "../catalog/requirement.ts";
import type { EntityRef } from "../model/entity.ts";
import type { Progress } from "../model/progress.ts";
import { completedAtOf, requirementAt } from "./calculate.ts";
import { measure } from "./rules/evaluate.ts";

/**
 * What locks an entry of a sequential holder: the required entries before it that the holder's rule still asks for.
 * Where a group leaves a choice, none of its entries locks another, because a learner may choose.
 */
export function missingBefore(
  catalog: Catalog,
  holder: Definition,
  { type, slug }: EntityRef,
  progress: Progress,
): EntityRef[] {
  const index = holder.entries.findIndex((entry) => entry.type === type && entry.slug === slug);
  const isDone = (entry: Entry) => completedAtOf(catalog, entry, progress) !== undefined;
  const undone = holder.entries.slice(0, index).filter((entry) => !entry.optional && !isDone(entry));
  if (undone.length === 0) return [];
  const requirement = requirementAt(holder, catalog.asOf);
  const missing = new Set(measure(requirement, isDone).missing);
  const others = new Set(choiceAround(requirement, holder.entries[index] as Entry));
  return undone
    .filter((entry) => missing.has(entry) && !others.has(entry))
    .map((entry) => ({ type: entry.type, slug: entry.slug }));
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
