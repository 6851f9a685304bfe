import { snakeCase, snakeKeys } from "../model/case.ts";
import type { CompletionSource, Facts, Flag, FlaggedState, Progress } from "../model/progress.ts";
import { isTimestamp } from "../model/time.ts";
import { PROFILE, parseEntityKey } from "./keys.ts";

/** An item as the document client gives it. */
export type Item = Record<string, unknown>;

/** A stored attribute that is not what we write there. */
export type ItemFault = { entity: string; reason: string };

type Check = (value: unknown) => boolean;
const isText: Check = (value) => typeof value === "string";
const isSource: Check = (value) =>
  (["inferred", "explicit", "backfill"] satisfies CompletionSource[] as unknown[]).includes(value);

const FACTS: Record<keyof Facts, Check> = {
  recommendedAt: isTimestamp,
  startedAt: isTimestamp,
  completedAt: isTimestamp,
  enrolledAt: isTimestamp,
  enrollmentSource: (value) => value === null || isText(value),
};
const MODULE_FACTS = ["recommendedAt", "startedAt", "completedAt"] as const;
const ENROLMENT_FACTS = ["enrolledAt", "enrollmentSource", "startedAt"] as const;

const FLAG: Record<keyof Flag, Check> = {
  completedAt: isTimestamp,
  completionSource: isSource,
  claimedAt: isTimestamp,
  recordedAt: isTimestamp,
  catalogVersion: isText,
  eventId: isText,
};
const FLAG_REQUIRED = ["completedAt", "completionSource", "recordedAt", "catalogVersion"] as const;
const FLAG_FIELDS = Object.keys(FLAG) as (keyof Flag)[];

const describe = (value: unknown) => {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
};

/** Reads named attributes of an item; one that does not pass its check is left out, with the reason. */
function pick<T extends object>(
  item: Item,
  names: readonly (keyof T & string)[],
  checks: Record<keyof T, Check>,
): { picked: T; reasons: string[] } {
  const picked: Record<string, unknown> = {};
  const reasons: string[] = [];
  for (const name of names) {
    const value = item[snakeCase(name)];
    if (value === undefined) continue;
    if (checks[name](value)) picked[name] = value;
    else reasons.push(`${snakeCase(name)} is ${describe(value)}`);
  }
  return { picked: picked as T, reasons };
}

export const moduleFacts = (item: Item) => pick<Facts>(item, MODULE_FACTS, FACTS);
export const enrolmentFacts = (item: Item) => pick<Facts>(item, ENROLMENT_FACTS, FACTS);
export const factsOfItem = (type: "module" | "course" | "pathway", item: Item): Facts =>
  (type === "module" ? moduleFacts : enrolmentFacts)(item).picked;

/** Facts as attributes. */
export const factAttributes = (facts: Facts): Item => snakeKeys(facts);

/** A flag as attributes; an incomplete course keeps `completed: false` once it has been cleared. */
export const flagAttributes = (flag: Flag): Item => ({ completed: true, ...snakeKeys(flag) });
export const CLEARED: Item = { completed: false };
export const FLAG_ATTRIBUTES = ["completed", ...FLAG_FIELDS.map(snakeCase)];
export const ENROLMENT_ATTRIBUTES = ENROLMENT_FACTS.map(snakeCase);

/** The flag in an item, as it is stored. */
export const flagAttributesOf = (item: Item): Item =>
  Object.fromEntries(FLAG_ATTRIBUTES.flatMap((name) => (item[name] === undefined ? [] : [[name, item[name]]])));

function flagOf(item: Item): { flag?: Flag; reasons: string[] } {
  const { picked, reasons } = pick<Flag>(item, FLAG_FIELDS, FLAG);
  const { completed } = item;
  if (completed !== undefined && typeof completed !== "boolean") reasons.push(`completed is ${describe(completed)}`);
  const present = FLAG_FIELDS.some((name) => item[snakeCase(name)] !== undefined);
  if (completed !== true)
    return present && reasons.length === 0
      ? { reasons: [`completed is ${describe(completed)} beside a flag's attributes`] }
      : { reasons };
  for (const name of FLAG_REQUIRED)
    if (item[snakeCase(name)] === undefined) reasons.push(`${snakeCase(name)} is missing`);
  return reasons.length > 0 ? { reasons } : { flag: picked, reasons };
}

/** What the store knows of a learner, and which of it cannot be believed: a faulty fact or flag counts as none. */
export type Reading = {
  progress: Progress;
  faults: ItemFault[];
  /** The items of courses and pathways by entity key, as they were read: a flag is written only where they still stand. */
  items: Map<string, Item>;
};

/** All items of one learner's partition. */
export function readingOf(items: readonly Item[]): Reading {
  const progress: Progress = { module: new Map(), course: new Map(), pathway: new Map() };
  const faults: ItemFault[] = [];
  const read = new Map<string, Item>();
  const faulty = (entity: string, reasons: string[]) => {
    if (reasons.length > 0) faults.push({ entity, reason: reasons.join("; ") });
  };
  for (const item of items) {
    const key = String(item.entity);
    const entity = parseEntityKey(item.entity);
    if (entity === undefined) {
      if (key !== PROFILE) faulty(key, ["an entity of no known kind"]);
    } else if (entity.type === "module") {
      const { picked, reasons } = moduleFacts(item);
      progress.module.set(entity.slug, picked);
      faulty(key, reasons);
    } else {
      const { picked, reasons } = enrolmentFacts(item);
      const { flag, reasons: flagReasons } = flagOf(item);
      const state: FlaggedState = flag === undefined ? { facts: picked } : { facts: picked, flag };
      progress[entity.type].set(entity.slug, state);
      read.set(key, item);
      faulty(key, [...reasons, ...flagReasons]);
    }
  }
  return { progress, faults, items: read };
}
