import { isDeepStrictEqual } from "node:util";
import type { EntityType } from "../model/entity.ts";
import { type Facts, mergeFacts, type View } from "../model/progress.ts";
import { factsOfItem, type Item, SET_NAMES, setAttributes, timeAttributes, timesOfItem } from "./items.ts";

/** The attribute that holds the events that were attempts of a task. No attribute of ours has a space. */
export const attemptsAttribute = (task: string): string => `attempts ${task}`;

/** The times that an item has once it has taken facts in: the earliest of each, with the source of the first enrolment. */
export function mergedTimes(type: EntityType, item: Item, facts: Facts): Item {
  const merged = timeAttributes(mergeFacts(timesOfItem(type, item), facts));
  // A flagged module keeps its flag's time.
  if (item.completed === true && item.completed_at !== undefined) delete merged.completed_at;
  return merged;
}

/** Whether an item says already all that the facts say: an event that is sent again says nothing new. */
export function knowsAlready(type: EntityType, item: Item, facts: Facts): boolean {
  const stored = factsOfItem(type, item);
  return isDeepStrictEqual(mergeFacts(stored, facts), mergeFacts(stored, {}));
}

/** So many results of one kind may lie in an item before those that say nothing more are looked for. */
const MANY_RESULTS = 40;

/** Results in an item that say nothing more than others do, of the kinds that the facts are about, where they are many. */
export function idleResults(item: Item, facts: Facts): Record<string, Set<string>> {
  const idle = SET_NAMES.flatMap((name): [string, Set<string>][] => {
    const held = item[name];
    if (!(held instanceof Set) || held.size < MANY_RESULTS || facts[name] === undefined) return [];
    const needed = setAttributes(factsOfItem("module", item))[name] ?? new Set();
    const unneeded = [...held].filter((text) => !needed.has(text));
    return unneeded.length > 0 ? [[name, new Set(unneeded)]] : [];
  });
  return Object.fromEntries(idle);
}

/** A view as attributes of the learner's profile. */
export const viewAttributes = ({ viewedAt, contentType, slug }: View) => ({
  viewed_at: viewedAt,
  content_type: contentType,
  slug,
});
