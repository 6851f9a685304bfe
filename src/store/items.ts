import { snakeCase, snakeKeys } from "../model/case.ts";
import { type Claimed, decodeClaimed, encodeClaimed, inOrderOfAcceptance } from "../model/claimed.ts";
import type { Decision } from "../model/decision.ts";
import { mergeEarly, withoutEarly } from "../model/early.ts";
import type { EntityType } from "../model/entity.ts";
import { decodeMark, encodeMark, type Mark, mergeMarks, plainMark } from "../model/mark.ts";
import {
  COMPLETION_SOURCES,
  type EntityState,
  emptyProgress,
  type Facts,
  type Flag,
  type Progress,
} from "../model/progress.ts";
import { decodeResult, encodeResult, mergeResults, type Result } from "../model/result.ts";
import { isTimestamp } from "../model/time.ts";
import { decisionOf } from "./decision-items.ts";
import { isDecisionKey, PROFILE, parseEntityKey } from "./keys.ts";

/** An item as the document client gives it. */
export type Item = Record<string, unknown>;

/** A stored attribute that is not what we write there. */
export type ItemFault = { entity: string; reason: string };

type Check = (value: unknown) => boolean;
const isText: Check = (value) => typeof value === "string";
const isCompletionSource: Check = (value) => (COMPLETION_SOURCES as readonly unknown[]).includes(value);

type Codec<T> = {
  encode: (element: T) => string;
  decode: (text: string) => T | undefined;
  merge: (a: readonly T[], b: readonly T[]) => T[];
};
const result: Codec<Result> = { encode: encodeResult, decode: decodeResult, merge: mergeResults };
const mark: Codec<Mark> = { encode: encodeMark, decode: decodeMark, merge: mergeMarks };
const early: Codec<string> = {
  encode: (text) => text,
  decode: (text) => text,
  merge: mergeEarly,
};

/** Facts that are kept as sets of texts: two sets are added with no read between. */
const SETS = { tasks: result, scores: result, steps: result, marks: mark, early };
export type SetName = keyof typeof SETS;
export const SET_NAMES = Object.keys(SETS) as SetName[];
/** Each set's own kind of element, which the compiler cannot follow. */
const codecOf = (name: SetName) => SETS[name] as Codec<unknown>;
type TimeFacts = Omit<Facts, SetName>;

const FACTS: Record<keyof TimeFacts, Check> = {
  recommendedAt: isTimestamp,
  startedAt: isTimestamp,
  completedAt: isTimestamp,
  enrolledAt: isTimestamp,
  enrollmentSource: (value) => value === null || isText(value),
  enrollmentReceipt: isText,
};
const MODULE_FACTS = ["recommendedAt", "startedAt", "completedAt"] as const;
const ENROLMENT_FACTS = ["enrolledAt", "enrollmentSource", "enrollmentReceipt", "startedAt"] as const;

const FLAG: Record<keyof Flag, Check> = {
  completedAt: isTimestamp,
  completionSource: isCompletionSource,
  expiresAt: isTimestamp,
  term: (value) => typeof value === "number",
  claimedAt: isTimestamp,
  claimSource: isText,
  recordedAt: isTimestamp,
  catalogVersion: isText,
  definition: isText,
  eventId: isText,
  cumulativeScore: (value) => typeof value === "number",
};
const FLAG_REQUIRED: readonly string[] = ["completedAt", "completionSource", "recordedAt", "catalogVersion"];
/** A field, the attribute that holds it, and what it must be. */
type Field<T> = { name: keyof T & string; attribute: string; check: Check };
const fieldsOf = <T extends object>(names: readonly (keyof T & string)[], checks: Record<keyof T, Check>): Field<T>[] =>
  names.map((name) => ({ name, attribute: snakeCase(name), check: checks[name] }));

const MODULE_FIELDS = fieldsOf<TimeFacts>(MODULE_FACTS, FACTS);
const FLAGGED_MODULE_FIELDS = MODULE_FIELDS.filter(({ name }) => name !== "completedAt");
const ENROLMENT_FIELDS = fieldsOf<TimeFacts>(ENROLMENT_FACTS, FACTS);
const FLAG_FIELDS = fieldsOf<Flag>(Object.keys(FLAG) as (keyof Flag)[], FLAG);

const describe = (value: unknown) => {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
};

/** Reads fields of an item; one that is not what it must be is left out, with the reason. */
function pick<T extends object>(item: Item, fields: readonly Field<T>[], reasons: string[]): T {
  const picked: Record<string, unknown> = {};
  for (const { name, attribute, check } of fields) {
    const value = item[attribute];
    if (value === undefined) continue;
    if (check(value)) picked[name] = value;
    else reasons.push(`${attribute} is ${describe(value)}`);
  }
  return picked as T;
}

/** The completion time of a flagged module is its flag's; without a flag it is a fact: the module was marked complete. */
const isFlagged = (item: Item): boolean => item.completed === true;

const timeFieldsOf = (type: EntityType, item: Item): readonly Field<TimeFacts>[] => {
  if (type !== "module") return ENROLMENT_FIELDS;
  return isFlagged(item) ? FLAGGED_MODULE_FIELDS : MODULE_FIELDS;
};

/** Facts of an item but for those that it keeps as sets. */
export const timesOfItem = (type: EntityType, item: Item): Facts => pick(item, timeFieldsOf(type, item), []);

function factsIn(type: EntityType, item: Item, reasons: string[]): Facts {
  const facts: Facts = pick(item, timeFieldsOf(type, item), reasons);
  // Most of what a scan has was recommended or marked long ago, and holds no set.
  if (type !== "module" || SET_NAMES.every((name) => item[name] === undefined)) return facts;
  const sets = decodedSets(item, reasons);
  // What counts for nothing must go before anything is merged: it may say more than what counts.
  const counting = withoutEarly(sets, sets.early ?? []);
  for (const name of SET_NAMES) {
    const elements: readonly unknown[] = counting[name] ?? [];
    if (elements.length > 0) Object.assign(facts, { [name]: codecOf(name).merge(elements, []) });
  }
  return facts;
}

/** The results and marks in an item; of those that cannot be read, one reason for each set. */
function decodedSets(item: Item, reasons: string[]): Facts {
  const sets: Facts = {};
  for (const name of SET_NAMES) {
    if (item[name] === undefined) continue;
    const { decode } = codecOf(name);
    const texts = item[name] instanceof Set ? [...item[name]] : [item[name]];
    const elements = texts.map((text) => (typeof text === "string" ? decode(text) : undefined));
    const readable = elements.filter((element) => element !== undefined);
    if (readable.length > 0) Object.assign(sets, { [name]: readable });
    if (readable.length < texts.length)
      reasons.push(`${name} holds ${describe(texts.find((_, index) => !elements[index]))}`);
  }
  return sets;
}

export const factsOfItem = (type: EntityType, item: Item): Facts => factsIn(type, item, []);

/** An entity of one learner, as an item says. @param reasons is told why something in it cannot be believed */
export function stateOfItem(type: EntityType, item: Item, reasons: string[] = []): EntityState {
  const facts = factsIn(type, item, reasons);
  const flag = type === "module" && !isFlagged(item) ? undefined : flagOf(item, reasons);
  const claims = item.claims === undefined ? [] : claimsIn(item.claims, reasons);
  return {
    facts,
    ...(flag !== undefined && { flag }),
    ...(claims.length > 0 && { claims }),
    ...(isText(item.decided_by) && { decidedBy: String(item.decided_by) }),
  };
}

/** The claims that were accepted, as a set beside the flag: they stay when the flag goes. */
function claimsIn(stored: unknown, reasons: string[]): Claimed[] {
  const texts = stored instanceof Set ? [...stored] : [stored];
  const decoded = texts.map((text) => (typeof text === "string" ? decodeClaimed(text) : undefined));
  const readable = decoded.filter((claim) => claim !== undefined).sort(inOrderOfAcceptance);
  if (readable.length < texts.length)
    reasons.push(`claims holds ${describe(texts.find((_, index) => !decoded[index]))}`);
  return readable;
}

/** The times among facts, as attributes. */
export const timeAttributes = (facts: Facts): Item =>
  snakeKeys(Object.fromEntries(Object.entries(facts).filter(([name]) => !(name in SETS))));

/** The results and marks among facts, as attributes: sets of texts. */
export const setAttributes = (facts: Facts): Record<string, Set<string>> =>
  Object.fromEntries(
    SET_NAMES.flatMap((name) => {
      const elements: readonly unknown[] = facts[name] ?? [];
      return elements.length > 0 ? [[name, new Set(elements.map(codecOf(name).encode))]] : [];
    }),
  );

/** Facts as attributes. */
export const factAttributes = (facts: Facts): Item => ({ ...timeAttributes(facts), ...setAttributes(facts) });

/** A flag as attributes; an incomplete course keeps `completed: false` once it has been cleared. */
export const flagAttributes = (flag: Flag): Item => ({ completed: true, ...snakeKeys(flag) });
export const CLEARED: Item = { completed: false };
/** `decided_by` changes with every decision about an entity, so that no flag is written by what was read before it. */
export const FLAG_ATTRIBUTES = ["completed", ...FLAG_FIELDS.map(({ attribute }) => attribute), "decided_by"];

/** A flag as it is stored in place of another: what was decided last stays beside it. */
export const flagAttributesAfter = (flag: Flag | undefined, was: Item | undefined): Item => ({
  ...(flag ? flagAttributes(flag) : CLEARED),
  ...(was?.decided_by !== undefined && { decided_by: was.decided_by }),
});

export const ENROLMENT_ATTRIBUTES = ENROLMENT_FACTS.map(snakeCase);
/** Where none of these is in an item, it holds no facts: a counted attempt comes with its result. */
export const FACT_ATTRIBUTES = [
  ...new Set([...MODULE_FACTS, ...ENROLMENT_FACTS].filter((name) => name !== "completedAt").map(snakeCase)),
  ...SET_NAMES,
];

/**
 * The accepted claim that an item must take over with its flag's attributes. One that an earlier release accepted has no
 * source, and stays with its flag alone.
 */
export function claimToKeep(
  was: Item,
  { claimed_at: at, claim_source: source, recorded_at: acceptedAt }: Item,
): Set<string> | undefined {
  if (!isTimestamp(at) || !isTimestamp(acceptedAt) || typeof source !== "string") return undefined;
  const held = was.claims instanceof Set ? [...was.claims] : [];
  const isHeld = held.some((text) => {
    const claim = decodeClaimed(String(text));
    return claim?.at === at && claim.source === source;
  });
  return isHeld ? undefined : new Set([encodeClaimed({ at, acceptedAt, source })]);
}

/**
 * The marks that an item must take over when its flag's attributes change, since nothing else would tell of them: a time
 * that an earlier release stored without its mark, and an accepted claim whose flag goes. Nobody knows by then who
 * claimed it, so the claim counts by its receipt, as a learner's own mark does.
 */
export function marksToKeep(was: Item, attributes: Item): Set<string> | undefined {
  const held = was.marks instanceof Set ? [...was.marks] : [];
  const isClaimLost = isFlagged(was) && attributes.claimed_at === undefined;
  const at = isFlagged(was) ? isClaimLost && was.claimed_at : was.completed_at;
  if (!isTimestamp(at) || held.some((text) => String(text).startsWith(`${at}#`))) return undefined;
  if (!isClaimLost) return new Set([encodeMark(plainMark(at))]);
  const source = typeof was.claim_source === "string" ? was.claim_source : undefined;
  // As beside its flag, it counts only where it was accepted before conditions came into force, and named a time before.
  const receivedAt = isTimestamp(was.recorded_at) && was.recorded_at > at ? was.recorded_at : at;
  return new Set([encodeMark({ ...plainMark(at, source), receivedAt, own: true })]);
}

/** The flag in an item, as it is stored. */
export const flagAttributesOf = (item: Item): Item =>
  Object.fromEntries(FLAG_ATTRIBUTES.flatMap((name) => (item[name] === undefined ? [] : [[name, item[name]]])));

/** A flag counts as a whole: one of which something cannot be believed is none. */
function flagOf(item: Item, reasons: string[]): Flag | undefined {
  const earlier = reasons.length;
  const flag = pick<Flag>(item, FLAG_FIELDS, reasons);
  const { completed } = item;
  if (completed !== undefined && typeof completed !== "boolean") reasons.push(`completed is ${describe(completed)}`);
  if (completed !== true) {
    const isPresent = FLAG_FIELDS.some(({ attribute }) => item[attribute] !== undefined);
    if (isPresent && reasons.length === earlier)
      reasons.push(`completed is ${describe(completed)} beside a flag's attributes`);
    return undefined;
  }
  for (const { name, attribute } of FLAG_FIELDS)
    if (FLAG_REQUIRED.includes(name) && item[attribute] === undefined) reasons.push(`${attribute} is missing`);
  return reasons.length > earlier ? undefined : flag;
}

/** What the store knows of a learner, and which of it cannot be believed: a faulty fact or flag counts as none. */
export type Reading = {
  progress: Progress;
  faults: ItemFault[];
  /** The items by entity key, as they were read: a flag is written only where it still is as in there. */
  items: Map<string, Item>;
};

/** All items of one learner's partition. */
export function readingOf(items: readonly Item[]): Reading {
  const progress = emptyProgress();
  const faults: ItemFault[] = [];
  const decisions: Decision[] = [];
  const read = new Map<string, Item>();
  for (const item of items) {
    const key = String(item.entity);
    if (isDecisionKey(key)) {
      const decision = decisionOf(item);
      if ("kind" in decision) decisions.push(decision);
      else faults.push(decision);
      continue;
    }
    const entity = parseEntityKey(item.entity);
    if (entity === undefined) {
      if (key !== PROFILE) faults.push({ entity: key, reason: "an entity of no known kind" });
      continue;
    }
    const reasons: string[] = [];
    progress[entity.type].set(entity.slug, stateOfItem(entity.type, item, reasons));
    read.set(key, item);
    if (reasons.length > 0) faults.push({ entity: key, reason: reasons.join("; ") });
  }
  return { progress: { ...progress, ...(decisions.length > 0 && { decisions }) }, faults, items: read };
}
