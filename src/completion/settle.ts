import { type Catalog, knows } from "../catalog/catalog.ts";
import type { EntityRef, HolderType } from "../model/entity.ts";
import type { CompletionSource, EntityState, Flag, Progress } from "../model/progress.ts";
import type { Timestamp } from "../model/time.ts";
import { calculateCompletion } from "./calculate.ts";
import { validateCompletionTimestamp } from "./claim.ts";
import type { Completion, Ratio } from "./completion.ts";
import { isCurrent } from "./is-current.ts";
import { FLAG_ORDER, touchedBy } from "./reach.ts";

/** A flag that the facts do not agree with: what it was and what it should be; undefined is "not complete". */
export type FlagChange = {
  entity: EntityRef;
  /** The slug that it had once, where the flag is stored under that. */
  storedAs?: string;
  before: Flag | undefined;
  after: Flag | undefined;
  progress: Ratio;
  /**
   * The entries that a course or pathway counts by their flags alone, since the facts do not complete them. A backfill
   * may clear those flags.
   */
  countedByFlag?: EntityRef[];
};

/** What a change is stored under. */
export const placeOf = ({ entity, storedAs }: FlagChange): EntityRef =>
  storedAs === undefined ? entity : { type: entity.type, slug: storedAs };

/** Who settles, and when: goes into the flags that are written. */
export type Stamp = {
  source: Exclude<CompletionSource, "explicit">;
  recordedAt: Timestamp;
  /** The event's identity. */
  eventId?: string;
};

export type SettleOptions = {
  stamp: Stamp;
  /** Which courses and pathways to look at; without it, all that the learner has touched. */
  scope?: readonly EntityRef[];
  /** Clear flags that the facts do not support. Only a backfill does; events only ever set flags. */
  revoke?: boolean;
  /** Treat flags of what the catalog does not have any more like others; without it, they are left as they are. */
  revokeUnknown?: boolean;
};

/**
 * What must change for the flags to say what facts and catalog imply. Modules with conditions come before the courses
 * that hold them, and courses before pathways; each is judged by the new flags of what it holds. Pure: `progress` is
 * not altered.
 */
export function settle(
  catalog: Catalog,
  progress: Progress,
  { stamp, scope = touchedBy(catalog, progress), revoke = false, revokeUnknown = false }: SettleOptions,
): FlagChange[] {
  const current: Progress = {
    module: new Map(progress.module),
    course: new Map(progress.course),
    pathway: new Map(progress.pathway),
  };
  const options = { stamp, revoke };
  const isLeft = (entity: EntityRef) => !revokeUnknown && !knows(catalog, entity);
  return FLAG_ORDER.flatMap((type) =>
    scope.flatMap((entity) =>
      entity.type === type && !isLeft(entity) ? settleOne(catalog, current, entity, options) : [],
    ),
  );
}

/** What must change of one entity, if anything; `current` takes it over. */
function settleOne(
  catalog: Catalog,
  current: Progress,
  entity: EntityRef,
  options: { stamp: Stamp; revoke: boolean },
): FlagChange[] {
  const { type, slug } = entity;
  const state = current[type].get(slug) ?? { facts: {} };
  const completion = calculateCompletion(catalog, entity, current);
  if (isListedRightly(state, completion, options.stamp)) return [];
  const after = nextFlag(state, completion, { catalog, entity, ...options });
  const before = state.flag ?? listingOf(state);
  if (after === state.flag && !(options.revoke && after === undefined && before)) return [];
  const countedByFlag = after && type !== "module" ? entriesCountedByFlag(catalog, { type, slug }, current) : [];
  current[type].set(slug, withFlag(state, after));
  const { progress } = completion;
  const { storedAs } = state;
  return [
    {
      entity,
      ...(storedAs !== undefined && { storedAs }),
      before,
      after,
      progress,
      ...(countedByFlag.length > 0 && { countedByFlag }),
    },
  ];
}

/**
 * A module that is complete because it was marked so carries no flag, as long as the list has it at that time. An event
 * leaves a later time alone, because whoever brought the earlier mark is about to put that right in a second write:
 *   t1 A adds a mark of 10:00 to a module listed at 10:05   t2 B reads both   t3 A lists the module at 10:00
 * Test: ingest.interleavings, "two late facts of one module", by requests.
 */
function isListedRightly(
  { flag, claimedAt, facts }: EntityState,
  { isMarked, completedAt }: Completion,
  { source }: Stamp,
): boolean {
  if (flag !== undefined || claimedAt !== undefined || !isMarked || completedAt === undefined) return false;
  const isOnItsWay = source !== "backfill" && facts.completedAt !== undefined && completedAt < facts.completedAt;
  return facts.completedAt === completedAt || isOnItsWay;
}

/** What the list of completions has of a module that has no flag, as if it were one. */
const listingOf = ({ facts: { completedAt } }: EntityState): Flag | undefined =>
  completedAt === undefined
    ? undefined
    : { completedAt, completionSource: "inferred", recordedAt: completedAt, catalogVersion: "" };

/** The stored flag itself where it is right. */
function nextFlag(
  { flag, claimedAt: claim }: EntityState,
  completion: Completion,
  { catalog, entity, stamp, revoke }: { catalog: Catalog; entity: EntityRef; stamp: Stamp; revoke: boolean },
): Flag | undefined {
  if (!completion.completed || completion.completedAt === undefined) return revoke ? undefined : flag;
  // A flag that was earned under an older definition keeps its time, since by the newer one it may not have been earned then.
  if (flag && !isCurrent(catalog, entity, flag)) return flag;

  const claimedAt = flag?.claimedAt ?? claim;
  const { cumulativeScore } = completion;
  const verdict = claimedAt === undefined ? undefined : validateCompletionTimestamp(claimedAt, completion.completedAt);
  const completedAt = verdict?.completedAt ?? completion.completedAt;
  const says = { completedAt, claimedAt, cumulativeScore };
  if (flag && isSaying(flag, says)) return flag;
  return {
    ...without(says),
    completedAt,
    completionSource: verdict?.withinTolerance ? "explicit" : sourceOf(flag, stamp),
    recordedAt: stamp.recordedAt,
    catalogVersion: catalog.version,
    definition: catalog.definitionOf(entity),
    ...without({ eventId: flag ? flag.eventId : stamp.eventId }),
  };
}

type Said = Pick<Flag, "completedAt"> & { claimedAt: Timestamp | undefined; cumulativeScore: number | undefined };

const isSaying = (flag: Flag, { completedAt, claimedAt, cumulativeScore }: Said): boolean =>
  flag.completedAt === completedAt && flag.claimedAt === claimedAt && flag.cumulativeScore === cumulativeScore;

/** A claim that no longer stands leaves the source from before it. */
const sourceOf = (flag: Flag | undefined, { source }: Stamp): Stamp["source"] =>
  flag === undefined || flag.completionSource === "explicit" ? source : flag.completionSource;

/** An object without what is undefined in it. */
const without = <T extends object>(fields: T): { [Name in keyof T]?: Exclude<T[Name], undefined> } =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as never;

function entriesCountedByFlag(
  catalog: Catalog,
  { type, slug }: EntityRef<HolderType>,
  progress: Progress,
): EntityRef[] {
  const entries = catalog[type].get(slug)?.entries ?? [];
  return entries.filter(
    (entry) => progress[entry.type].get(entry.slug)?.flag && !calculateCompletion(catalog, entry, progress).completed,
  );
}

/** A claim that waits for a flag is the flag's once it carries one. */
export function withFlag({ flag: _, claimedAt, ...state }: EntityState, flag: Flag | undefined): EntityState {
  const waiting = claimedAt === undefined || flag?.claimedAt !== undefined ? {} : { claimedAt };
  return { ...state, ...waiting, ...(flag && { flag }) };
}
