import type { Catalog } from "../../catalog/catalog.ts";
import { calculateCompletion, completedAtOf } from "../../completion/calculate.ts";
import type { Missing, Ratio } from "../../completion/completion.ts";
import { isUnderWay } from "../../completion/has-begun.ts";
import { type Lock, lockOf, locksFor } from "../../completion/locks.ts";
import { titled, titleOf } from "../../completion/titled.ts";
import { type EntityRef, entityKey, type HolderType } from "../../model/entity.ts";
import type { EntityState, Progress } from "../../model/progress.ts";
import type { Timestamp } from "../../model/time.ts";

/** A course or pathway of one learner. `missing` is what stands between the learner and completion. */
export type HolderView = {
  entity: EntityRef<HolderType>;
  title: string | null;
  state: EntityState;
  status: "not_started" | "enrolled" | "started" | "completed";
  progress: Ratio;
  missing: Missing[];
  /** Whether the flag is what the facts imply. */
  settled: boolean;
  lock: Lock | undefined;
};

/** What a course or pathway lists, in its order. */
export type EntryView = {
  type: EntityRef["type"];
  slug: string;
  title: string | null;
  optional: boolean;
  completed: boolean;
  locked: boolean;
  from: Timestamp | null;
  until: Timestamp | null;
};

/** @param unsettled the keys of the entities whose flags the facts contradict */
export function holderView(
  catalog: Catalog,
  entity: EntityRef<HolderType>,
  progress: Progress,
  unsettled: ReadonlySet<string>,
): HolderView {
  const state = progress[entity.type].get(entity.slug) ?? { facts: {} };
  const completion = calculateCompletion(catalog, entity, progress);
  return {
    entity,
    title: titleOf(catalog, entity),
    state,
    status: statusOf(catalog, entity, progress),
    progress: completion.progress,
    // What an older definition flagged stays complete, though today's may ask for more.
    missing: state.flag ? [] : titled(catalog, completion.missing),
    settled: !unsettled.has(entityKey(entity)),
    lock: lockOf(catalog, progress, entity),
  };
}

function statusOf(catalog: Catalog, entity: EntityRef<HolderType>, progress: Progress): HolderView["status"] {
  const state = progress[entity.type].get(entity.slug);
  if (state?.flag) return "completed";
  if (state?.facts.startedAt !== undefined || isUnderWay(catalog, entity, progress)) return "started";
  return state?.facts.enrolledAt === undefined ? "not_started" : "enrolled";
}

export function entryViews(catalog: Catalog, { type, slug }: EntityRef<HolderType>, progress: Progress): EntryView[] {
  const locks = locksFor(catalog, progress);
  return (catalog[type].get(slug)?.entries ?? []).map((entry) => ({
    type: entry.type,
    slug: entry.slug,
    title: titleOf(catalog, entry),
    optional: entry.optional,
    completed: completedAtOf(catalog, entry, progress) !== undefined,
    locked: locks.isLocked(entry),
    from: entry.from ?? null,
    until: entry.until ?? null,
  }));
}
