import type { Catalog } from "../catalog/catalog.ts";
import { type EntityRef, entityKey, type FlaggedType } from "../model/entity.ts";
import type { CompletionSource, Flag, FlaggedState, Progress } from "../model/progress.ts";
import type { Timestamp } from "../model/time.ts";
import { calculateCompletion, calculateCourseCompletion } from "./calculate.ts";
import { validateCompletionTimestamp } from "./claim.ts";
import type { Completion, Ratio } from "./completion.ts";

/** A flag that the facts do not agree with: what it was and what it should be; undefined is "not complete". */
export type FlagChange = {
  entity: EntityRef<FlaggedType>;
  before: Flag | undefined;
  after: Flag | undefined;
  progress: Ratio;
  /** Of a pathway: its courses that are flagged although the facts do not complete them. A backfill may clear them. */
  restsOn?: string[];
};

/** Who settles, and when: goes into the flags that are written. */
export type Stamp = {
  source: Exclude<CompletionSource, "explicit">;
  recordedAt: Timestamp;
  eventId?: string;
};

export type SettleOptions = {
  stamp: Stamp;
  /** Which courses and pathways to look at; without it, all that the learner has touched. */
  scope?: readonly EntityRef<FlaggedType>[];
  /** Clear flags that the facts do not support. Only a backfill does; events only ever set flags. */
  revoke?: boolean;
};

/**
 * What must change for the flags to say what facts and catalog imply. Courses come before the pathways that hold
 * them, which are judged by the courses' new flags. Pure: `progress` is not altered.
 */
export function settle(
  catalog: Catalog,
  progress: Progress,
  { stamp, scope = touchedBy(catalog, progress), revoke = false }: SettleOptions,
): FlagChange[] {
  const current: Progress = { ...progress, course: new Map(progress.course) };
  const changes: FlagChange[] = [];
  for (const type of ["course", "pathway"] as const) {
    for (const entity of scope) {
      if (entity.type !== type) continue;
      const state = current[type].get(entity.slug) ?? { facts: {} };
      const completion = calculateCompletion(catalog, entity, current);
      const after = nextFlag(catalog, state, completion, stamp, revoke);
      if (after === state.flag) continue;
      const restsOn = after && type === "pathway" ? flagsWithoutFacts(catalog, entity.slug, current) : [];
      changes.push({
        entity,
        before: state.flag,
        after,
        progress: completion.progress,
        ...(restsOn.length > 0 && { restsOn }),
      });
      if (type === "course") current.course.set(entity.slug, withFlag(state, after));
    }
  }
  return changes;
}

/** The stored flag itself where it is right. */
function nextFlag(
  catalog: Catalog,
  { flag, claimedAt: claim }: FlaggedState,
  completion: Completion,
  stamp: Stamp,
  revoke: boolean,
): Flag | undefined {
  if (!completion.completed || completion.completedAt === undefined) return revoke ? undefined : flag;
  // A flag earned under an older catalog keeps its time: by the newer one's rules it may never have been earned then.
  if (flag && flag.catalogVersion !== catalog.version) return flag;

  const inferredAt = completion.completedAt;
  const claimedAt = flag?.claimedAt ?? claim;
  const verdict = claimedAt === undefined ? undefined : validateCompletionTimestamp(claimedAt, inferredAt);
  const completedAt = verdict?.completedAt ?? inferredAt;
  if (flag && flag.completedAt === completedAt && flag.claimedAt === claimedAt) return flag;

  const earlierSource = flag && flag.completionSource !== "explicit" ? flag.completionSource : stamp.source;
  const eventId = flag ? flag.eventId : stamp.eventId;
  return {
    completedAt,
    completionSource: verdict?.withinTolerance ? "explicit" : earlierSource,
    ...(claimedAt !== undefined && { claimedAt }),
    recordedAt: stamp.recordedAt,
    catalogVersion: catalog.version,
    ...(eventId !== undefined && { eventId }),
  };
}

function flagsWithoutFacts(catalog: Catalog, pathway: string, progress: Progress): string[] {
  const courses = catalog.pathway.get(pathway)?.entries.filter(({ type }) => type === "course") ?? [];
  return courses
    .map(({ slug }) => slug)
    .filter((slug) => progress.course.get(slug)?.flag && !calculateCourseCompletion(catalog, slug, progress).completed);
}

export function withFlag({ flag: _, ...state }: FlaggedState, flag: Flag | undefined): FlaggedState {
  return flag === undefined ? state : { ...state, flag };
}

/** The courses and pathways that an entity's completion can complete: itself, what holds it, and what holds that. */
export function reachOf(catalog: Catalog, entity: EntityRef): EntityRef<FlaggedType>[] {
  const reached = new Map<string, EntityRef<FlaggedType>>();
  const visit = (ref: EntityRef) => {
    if (reached.has(entityKey(ref))) return;
    if (ref.type !== "module") reached.set(entityKey(ref), { type: ref.type, slug: ref.slug });
    for (const holder of catalog.holdersOf(ref)) visit(holder);
  };
  visit(entity);
  return [...reached.values()];
}

/** The courses and pathways that a learner's facts and flags concern, each once. */
export function touchedBy(catalog: Catalog, progress: Progress): EntityRef<FlaggedType>[] {
  const touched = new Map<string, EntityRef<FlaggedType>>();
  for (const type of ["module", "course", "pathway"] as const)
    for (const slug of progress[type].keys())
      for (const ref of reachOf(catalog, { type, slug })) touched.set(entityKey(ref), ref);
  return [...touched.values()];
}
