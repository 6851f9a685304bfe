import { type Catalog, knows } from "../catalog/catalog.ts";
import type { EntityRef, HolderType } from "../model/entity.ts";
import type { EntityState, Flag, Progress } from "../model/progress.ts";
import { earliest, type Timestamp } from "../model/time.ts";
import { calculateCompletion } from "./calculate.ts";
import type { Completion, Ratio } from "./completion.ts";
import { nextFlag, type Stamp } from "./next-flag.ts";
import { FLAG_ORDER, touchedBy } from "./reach.ts";

export type { Stamp };

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

export type SettleOptions = {
  stamp: Stamp;
  /** Which courses and pathways to look at; without it, all that the learner has touched. */
  scope?: readonly EntityRef[];
  /**
   * Clear flags that the facts do not support. A backfill does, and a decision of what it concerns; events only ever set
   * flags.
   */
  revoke?: boolean | ((entity: EntityRef) => boolean);
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
  const changes: FlagChange[] = [];
  let current = progress;
  const isLeft = (entity: EntityRef) => !revokeUnknown && !knows(catalog, entity);
  const mayRevoke = typeof revoke === "function" ? revoke : () => revoke;
  for (const entity of inOrderOfFlags(scope)) {
    if (isLeft(entity)) continue;
    const change = settleOne(catalog, current, entity, { stamp, revoke: mayRevoke(entity) });
    if (change === undefined) continue;
    changes.push(change);
    // Most flags are right, and so nothing is copied before one is not.
    const { type, slug } = entity;
    if (current[type] === progress[type]) current = { ...current, [type]: new Map(progress[type]) };
    current[type].set(slug, withFlag(current[type].get(slug) ?? { facts: {} }, change.after));
  }
  return changes;
}

const inOrderOfFlags = (scope: readonly EntityRef[]): readonly EntityRef[] =>
  FLAG_ORDER.flatMap((type) => scope.filter((entity) => entity.type === type));

/** What must change of one entity, if anything. */
function settleOne(
  catalog: Catalog,
  current: Progress,
  entity: EntityRef,
  { stamp, revoke }: { stamp: Stamp; revoke: boolean },
): FlagChange | undefined {
  const { type, slug } = entity;
  const state = current[type].get(slug) ?? { facts: {} };
  const completion = calculateCompletion(catalog, entity, current);
  if (isListedRightly(state, completion, stamp)) return undefined;
  const after = nextFlag(state, completion, { catalog, entity, progress: current, stamp, revoke });
  const before = state.flag ?? listingOf(state);
  if (after === state.flag && !(revoke && after === undefined && before)) return undefined;
  const countedByFlag = after && type !== "module" ? entriesCountedByFlag(catalog, { type, slug }, current) : [];
  const { storedAs } = state;
  return {
    entity,
    ...(storedAs !== undefined && { storedAs }),
    before,
    after,
    progress: completion.progress,
    ...(countedByFlag.length > 0 && { countedByFlag }),
  };
}

/**
 * A module that is complete because it was marked so carries no flag, as long as the list has it at that time. An event
 * leaves a later time alone, because whoever brought the earlier mark is about to put that right in a second write:
 *   t1 A adds a mark of 10:00 to a module listed at 10:05   t2 B reads both   t3 A lists the module at 10:00
 * Test: ingest.interleavings, "two late facts of one module", by requests.
 */
function isListedRightly(state: EntityState, { isMarked, completedAt }: Completion, { source }: Stamp): boolean {
  const { flag, claimedAt, needsFlag } = state;
  const goesByFlag = flag !== undefined || claimedAt !== undefined || needsFlag;
  if (goesByFlag || !isMarked || completedAt === undefined) return false;
  const listedAt = listedAtOf(state);
  // A mark that a withdrawn void brings back is nobody's to put right but the one who reads it.
  const mayBeOnItsWay = source !== "backfill" && state.decidedBy === undefined;
  const isOnItsWay = mayBeOnItsWay && listedAt !== undefined && completedAt < listedAt;
  return listedAt === completedAt || isOnItsWay;
}

/** When the list of completions has a module that has no flag. */
const listedAtOf = ({ listedAt, facts: { completedAt } }: EntityState): Timestamp | undefined =>
  earliest(listedAt, completedAt);

/** What the list of completions has of a module that has no flag, as if it were one. */
function listingOf(state: EntityState): Flag | undefined {
  const completedAt = listedAtOf(state);
  return completedAt === undefined
    ? undefined
    : { completedAt, completionSource: "inferred", recordedAt: completedAt, catalogVersion: "" };
}

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

/** A claim that waits for a flag is the flag's once it carries one, and stays when the flag goes. */
export function withFlag(
  { flag: _, claimedAt, claimSource, ...state }: EntityState,
  flag: Flag | undefined,
): EntityState {
  const isWaiting = claimedAt !== undefined && flag?.claimedAt === undefined;
  const waiting = isWaiting && { claimedAt, ...(claimSource !== undefined && { claimSource }) };
  return { ...state, ...waiting, ...claimsWith(state, flag), ...(flag && { flag }) };
}

function claimsWith({ claims = [] }: EntityState, flag: Flag | undefined): Pick<EntityState, "claims"> {
  const { claimedAt: at, claimSource: source, recordedAt: acceptedAt } = flag ?? {};
  if (at === undefined || source === undefined || acceptedAt === undefined) return {};
  if (claims.some((one) => one.at === at && one.source === source)) return {};
  return { claims: [...claims, { at, acceptedAt, source }] };
}
