import { isDeepStrictEqual } from "node:util";
import { type EntityRef, entityKey } from "../../model/entity.ts";
import { AppError } from "../../model/errors.ts";
import type { LearnerId } from "../../model/learner.ts";
import { type Facts, laterView, type View } from "../../model/progress.ts";
import { MAX_RESULTS } from "../../model/result.ts";
import { decisionAttributes, isNotedAtId } from "../decision-items.ts";
import {
  claimToKeep,
  FLAG_ATTRIBUTES,
  flagAttributesAfter,
  type Item,
  marksToKeep,
  readingOf,
  setAttributes,
  stateOfItem,
} from "../items.ts";
import { DECISION_PREFIX, decisionKey, identityKey, PROFILE } from "../keys.ts";
import { attemptsAttribute, idleResults, knowsAlready, mergedTimes, viewAttributes } from "../merge-item.ts";
import type { AttemptGuard, ProgressStore } from "../progress-store.ts";
import type { Access } from "./access.ts";
import { startingWith } from "./table.ts";

const NO_LIMIT = -1;

export function createProgressStore(access: Access): ProgressStore {
  const table = access.progress;

  /** Gives an item these flag attributes and no others, if those that it has still are what they were. */
  const writeFlag = (
    learnerId: LearnerId,
    entity: EntityRef,
    attributes: Item,
    { was, marksToDrop }: { was: Item; marksToDrop?: Set<string> | undefined },
  ): "written" | "lost" => {
    const key = entityKey(entity);
    const item = table.get(learnerId, key) ?? {};
    if (!isUnchanged(FLAG_ATTRIBUTES, item, was)) return "lost";
    const {
      marks: held,
      claims: heldClaims,
      ...kept
    } = Object.fromEntries(Object.entries(item).filter(([name]) => !FLAG_ATTRIBUTES.includes(name)));
    const isKeeping = entity.type === "module" && marksToDrop === undefined;
    const added = isKeeping ? marksToKeep(was, attributes) : undefined;
    const marks = added || marksToDrop ? without(union(held, added ?? []), marksToDrop) : held;
    const claim = claimToKeep(was, attributes);
    const claims = claim ? union(heldClaims, claim) : heldClaims;
    table.put(learnerId, key, {
      ...kept,
      ...attributes,
      ...(!isNone(marks) && { marks }),
      ...(!isNone(claims) && { claims }),
    });
    return "written";
  };

  return {
    addFacts: (learnerId, entity, facts, guard) =>
      access.write(() => {
        const key = entityKey(entity);
        const item = table.get(learnerId, key) ?? {};
        const after = withFacts(entity, item, facts, guard);
        if (after === "refused") return "refused";
        if (after !== "full" && isDeepStrictEqual(after, item)) return stateOfItem(entity.type, item);
        if (after !== "full" && fits(() => table.put(learnerId, key, after))) return stateOfItem(entity.type, item);
        return knowsAlready(entity.type, item, facts) ? stateOfItem(entity.type, item) : "full";
      }),

    addDecision: (learnerId, decision) =>
      access.write(() => {
        if (isNotedAtId(decision)) {
          const id = identityKey(learnerId);
          const item = table.get(id.learner_id, id.entity);
          // Of who has been deleted nothing is kept, and whoever is about to keep this void will see that.
          if (item?.deleted_at === undefined) table.put(id.learner_id, id.entity, { ...item, has_voids: true });
        }
        const { entity } = decisionKey(learnerId, decision.identity);
        if (table.get(learnerId, entity) === undefined) table.put(learnerId, entity, decisionAttributes(decision));
      }),

    decisions: (learnerId) =>
      access.read(
        () => readingOf(table.page(learnerId, startingWith(DECISION_PREFIX), NO_LIMIT)).progress.decisions ?? [],
      ),

    keepView: (learnerId, view) =>
      access.write(() => {
        const item = table.get(learnerId, PROFILE) ?? {};
        const stored = viewOf(item);
        if (laterView(stored, view) !== stored) table.put(learnerId, PROFILE, { ...item, ...viewAttributes(view) });
      }),

    read: (learnerId) => access.read(() => readingOf(table.whole(learnerId))),

    setFlag: (learnerId, entity, flag, was) =>
      access.write(() => writeFlag(learnerId, entity, flagAttributesAfter(flag, was), { was: was ?? {} })),

    markDecided: (learnerId, entity, identity, was) =>
      access.write(() => {
        const key = entityKey(entity);
        const item = table.get(learnerId, key) ?? {};
        if (was && !isUnchanged(FLAG_ATTRIBUTES, item, was)) return "lost";
        table.put(learnerId, key, { ...item, decided_by: identity });
        return "written";
      }),

    readItem: (learnerId, entity) =>
      access.read(() => {
        const key = entityKey(entity);
        const item = table.get(learnerId, key);
        return item && { learner_id: learnerId, entity: key, ...item };
      }),

    restoreFlag: (learnerId, entity, before, { marks, ...made }) =>
      access.write(() => {
        const key = entityKey(entity);
        const marksToDrop = marks instanceof Set ? marks : undefined;
        if (before !== null) return writeFlag(learnerId, entity, before, { was: made, marksToDrop });
        const item = table.get(learnerId, key) ?? {};
        // The learner may have enrolled since, or done something: then only what the run wrote goes.
        if (!holdsJust(item, made, marksToDrop)) return writeFlag(learnerId, entity, {}, { was: made, marksToDrop });
        table.delete(learnerId, key);
        return "written";
      }),
  };
}

const isUnchanged = (attributes: readonly string[], item: Item, was: Item): boolean =>
  attributes.every((name) => isDeepStrictEqual(item[name], was[name]));

/** Whether an item is this flag, with these marks, and nothing besides. */
const holdsJust = ({ marks, ...item }: Item, flag: Item, ownMarks: Set<string> | undefined): boolean =>
  isUnchanged(FLAG_ATTRIBUTES, item, flag) &&
  Object.keys(item).every((name) => FLAG_ATTRIBUTES.includes(name)) &&
  (isNone(ownMarks) ? isNone(marks) : isDeepStrictEqual(marks, ownMarks));

/** An item that has taken facts in, or why it does not. */
function withFacts(
  { type }: EntityRef,
  item: Item,
  facts: Facts,
  guard: AttemptGuard | undefined,
): Item | "refused" | "full" {
  const added = addedSets(type, item, facts);
  const idle = idleResults(item, facts);
  const after: Item = { ...item, ...mergedTimes(type, item, facts) };
  if (guard) {
    const name = attemptsAttribute(guard.task);
    const attempts = union(item[name], [guard.identity]);
    if (attempts.size > guard.most && attempts.size > sizeOf(item[name])) return "refused";
    after[name] = attempts;
  }
  for (const [name, results] of Object.entries(added)) {
    const all = union(item[name], results);
    // So many attempts, so many results: where attempts are counted, results need no limit of their own.
    if (results.size > MAX_RESULTS || (!guard && all.size > MAX_RESULTS && all.size > sizeOf(item[name])))
      return "full";
    for (const text of idle[name] ?? []) all.delete(text);
    after[name] = all;
  }
  return after;
}

/** What facts add to sets. A mark that is received again says nothing new. */
function addedSets(type: EntityRef["type"], item: Item, { marks = [], ...facts }: Facts): Record<string, Set<string>> {
  const isKnown = item.marks !== undefined && knowsAlready(type, item, { marks });
  return setAttributes(isKnown ? facts : { ...facts, marks });
}

const sizeOf = (held: unknown): number => (held instanceof Set ? held.size : 0);
const without = (held: Set<unknown>, dropped: Set<string> = new Set()): Set<unknown> =>
  new Set([...held].filter((text) => !dropped.has(String(text))));
const isNone = (value: unknown): boolean => value === undefined || (value instanceof Set && value.size === 0);
const union = (held: unknown, more: Iterable<string>): Set<unknown> =>
  new Set([...(held instanceof Set ? held : []), ...more]);

function fits(put: () => void): boolean {
  try {
    put();
    return true;
  } catch (error) {
    if (error instanceof AppError && error.code === "MODULE_FULL") return false;
    throw error;
  }
}

/** The view in a profile. What is no text there sorts before every view. */
function viewOf({ viewed_at: viewedAt, content_type: contentType, slug }: Item): View | undefined {
  return typeof viewedAt === "string" ? { viewedAt, contentType: String(contentType), slug: String(slug) } : undefined;
}
