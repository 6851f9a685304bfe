import type { Catalog } from "../catalog/catalog.ts";
import { type EntityRef, type EntityType, entityKey, type HolderType } from "../model/entity.ts";
import type { CompletionSource, Flag, FlaggedState, Progress } from "../model/progress.ts";
import type { Timestamp } from "../model/time.ts";
import { calculateCompletion, isGated } from "./calculate.ts";
import { validateCompletionTimestamp } from "./claim.ts";
import type { Completion, Ratio } from "./completion.ts";

/** A flag that the facts do not agree with: what it was and what it should be; undefined is "not complete". */
export type FlagChange = {
  entity: EntityRef;
  before: Flag | undefined;
  after: Flag | undefined;
  progress: Ratio;
  /** Of a course or pathway: its entries that are flagged although the facts do not complete them. A backfill may clear them. */
  restsOn?: EntityRef[];
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
  scope?: readonly EntityRef[];
  /** Clear flags that the facts do not support. Only a backfill does; events only ever set flags. */
  revoke?: boolean;
};

/** The order in which flags are derived and written: each rests on those before it. */
export const FLAG_ORDER = ["module", "course", "pathway"] as const;

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
      const after = nextFlag(catalog, state, completion, stamp, revoke);
      if (after === state.flag) continue;
      const restsOn =
        after && type !== "module" ? flagsWithoutFacts(catalog, { type, slug: entity.slug }, current) : [];
      changes.push({
        entity,
        before: state.flag,
        after,
        progress: completion.progress,
        ...(restsOn.length > 0 && { restsOn }),
      });
      current[type].set(entity.slug, withFlag(state, after));
    }
  }
  return changes;
}

/** A module that is complete when marked so carries a fact, not a flag; it keeps that, should it get conditions later. */
const isFlaggable = (catalog: Catalog, slug: string, { facts }: FlaggedState): boolean =>
  facts.completedAt === undefined && isGated(catalog, slug);

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

function flagsWithoutFacts(catalog: Catalog, { type, slug }: EntityRef<HolderType>, progress: Progress): EntityRef[] {
  const entries = catalog[type].get(slug)?.entries ?? [];
  return entries.filter(
    (entry) => progress[entry.type].get(entry.slug)?.flag && !calculateCompletion(catalog, entry, progress).completed,
  );
}

/** A claim that waits for a flag is the flag's once it carries one. */
export function withFlag({ flag: _, claimedAt, ...state }: FlaggedState, flag: Flag | undefined): FlaggedState {
  const waiting = claimedAt === undefined || flag?.claimedAt !== undefined ? {} : { claimedAt };
  return { ...state, ...waiting, ...(flag && { flag }) };
}

type Reach = readonly EntityRef[];

// A catalog never changes, and every event asks for the reach of all that its learner did.
const reaches = new WeakMap<Catalog, Record<EntityType, Map<string, Reach>>>();

/** What an entity's completion can complete: itself, what holds it, and what holds that. */
export function reachOf(catalog: Catalog, entity: EntityRef): Reach {
  const known = reaches.get(catalog) ?? { module: new Map(), course: new Map(), pathway: new Map() };
  reaches.set(catalog, known);
  const found = known[entity.type].get(entity.slug);
  if (found) return found;
  const reach = reachFrom(catalog, entity);
  // What the catalog does not know is a client's word, of which there is no end.
  if (catalog[entity.type].has(entity.slug)) known[entity.type].set(entity.slug, reach);
  return reach;
}

function reachFrom(catalog: Catalog, entity: EntityRef): Reach {
  const reached = new Map<string, EntityRef>();
  const visit = ({ type, slug }: EntityRef) => {
    const key = entityKey({ type, slug });
    if (reached.has(key)) return;
    reached.set(key, { type, slug });
    for (const holder of catalog.holdersOf({ type, slug })) visit(holder);
  };
  visit(entity);
  return [...reached.values()];
}

/** The modules, courses and pathways that a learner's facts and flags concern, each once. */
export function touchedBy(catalog: Catalog, progress: Progress): EntityRef[] {
  const touched: Record<EntityType, Map<string, EntityRef>> = {
    module: new Map(),
    course: new Map(),
    pathway: new Map(),
  };
  for (const type of FLAG_ORDER)
    for (const slug of progress[type].keys())
      for (const ref of reachOf(catalog, { type, slug })) touched[ref.type].set(ref.slug, ref);
  return FLAG_ORDER.flatMap((type) => [...touched[type].values()]);
}
