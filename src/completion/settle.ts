import type { Catalog } from "../catalog/catalog.ts";
import type { EntityRef, HolderType } from "../model/entity.ts";
import type { CompletionSource, EntityState, Flag, Progress } from "../model/progress.ts";
import type { Timestamp } from "../model/time.ts";
import { calculateCompletion, isGated } from "./calculate.ts";
import { validateCompletionTimestamp } from "./claim.ts";
import type { Completion, Ratio } from "./completion.ts";
import { FLAG_ORDER, touchedBy } from "./reach.ts";

/** A flag that the facts do not agree with: what it was and what it should be; undefined is "not complete". */
export type FlagChange = {
  entity: EntityRef;
  before: Flag | undefined;
  after: Flag | undefined;
  progress: Ratio;
  /**
   * The entries that a course or pathway counts by their flags alone, since the facts do not complete them. A backfill
   * may clear those flags.
   */
  countedByFlag?: EntityRef[];
};

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
};

/**
 * What must change for the flags to say what facts and catalog imply. Modules with conditions come before the courses
 * that hold them, and courses before pathways; each is judged by the new flags of what it holds. Pure: `progress` is
 * not altered.
 */
export function settle(
  catalog: Catalog,
  progress: Progress,
  { stamp, scope = touchedBy(catalog, progress), revoke = false }: SettleOptions,
): FlagChange[] {
  const current: Progress = {
    module: new Map(progress.module),
    course: new Map(progress.course),
    pathway: new Map(progress.pathway),
  };
  const changes: FlagChange[] = [];
  for (const type of FLAG_ORDER) {
    for (const entity of scope) {
      if (entity.type !== type) continue;
      const state = current[type].get(entity.slug) ?? { facts: {} };
      if (type === "module" && !isFlaggable(catalog, entity.slug, state)) continue;
      const completion = calculateCompletion(catalog, entity, current);
      const after = nextFlag(catalog, state, completion, { stamp, revoke });
      if (after === state.flag) continue;
      const countedByFlag =
        after && type !== "module" ? entriesCountedByFlag(catalog, { type, slug: entity.slug }, current) : [];
      changes.push({
        entity,
        before: state.flag,
        after,
        progress: completion.progress,
        ...(countedByFlag.length > 0 && { countedByFlag }),
      });
      current[type].set(entity.slug, withFlag(state, after));
    }
  }
  return changes;
}

/** A module that is complete when marked so carries a fact, not a flag; it keeps that, should it get conditions later. */
const isFlaggable = (catalog: Catalog, slug: string, { facts }: EntityState): boolean =>
  facts.completedAt === undefined && isGated(catalog, slug);

/** The stored flag itself where it is right. */
function nextFlag(
  catalog: Catalog,
  { flag, claimedAt: claim }: EntityState,
  completion: Completion,
  { stamp, revoke }: { stamp: Stamp; revoke: boolean },
): Flag | undefined {
  if (!completion.completed || completion.completedAt === undefined) return revoke ? undefined : flag;
  // A flag that was earned under an older catalog keeps its time, since by the newer rules it may not have been earned then.
  if (flag && flag.catalogVersion !== catalog.version) return flag;

  const inferredAt = completion.completedAt;
  const claimedAt = flag?.claimedAt ?? claim;
  const verdict = claimedAt === undefined ? undefined : validateCompletionTimestamp(claimedAt, inferredAt);
  const completedAt = verdict?.completedAt ?? inferredAt;
  const isRight = flag?.completedAt === completedAt && flag.claimedAt === claimedAt;
  if (flag && isRight && flag.cumulativeScore === completion.cumulativeScore) return flag;

  const earlierSource = flag && flag.completionSource !== "explicit" ? flag.completionSource : stamp.source;
  const eventId = flag ? flag.eventId : stamp.eventId;
  return {
    completedAt,
    completionSource: verdict?.withinTolerance ? "explicit" : earlierSource,
    ...(claimedAt !== undefined && { claimedAt }),
    recordedAt: stamp.recordedAt,
    catalogVersion: catalog.version,
    ...(eventId !== undefined && { eventId }),
    ...(completion.cumulativeScore !== undefined && { cumulativeScore: completion.cumulativeScore }),
  };
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

/** A claim that waits for a flag is the flag's once it carries one. */
export function withFlag({ flag: _, claimedAt, ...state }: EntityState, flag: Flag | undefined): EntityState {
  const waiting = claimedAt === undefined || flag?.claimedAt !== undefined ? {} : { claimedAt };
  return { ...state, ...waiting, ...(flag && { flag }) };
}
