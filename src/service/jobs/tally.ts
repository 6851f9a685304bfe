import type { ChangeRecord } from "./change.ts";

/** What changed of one module, course or pathway: learners that it was set for, cleared for, or moved in time for. */
export type EntityTally = { set: number; cleared: number; moved: number };

/** What a run has done so far; kept in its checkpoint. */
export type Tally = {
  processed: number;
  updated: number;
  skippedSynced: number;
  failed: number;
  validationErrors: number;
  /** Learners who have been deleted, and of whom something was left. */
  deletedPurged: number;
  /** Flags of what has no file any more, which stand. */
  unknownLeft: number;
  /** Flags that stood, and whose completion has expired by now; tallies of earlier releases have none. */
  expiredAtOnce?: number;
  modulesUpdated: number;
  coursesUpdated: number;
  pathwaysUpdated: number;
  itemsRead: number;
  /** By type and slug, `course/ruby`; as many as the catalog has, however many learners there are. */
  entities: Record<string, EntityTally>;
};

export const emptyTally = (): Tally => ({
  processed: 0,
  updated: 0,
  skippedSynced: 0,
  failed: 0,
  validationErrors: 0,
  deletedPurged: 0,
  unknownLeft: 0,
  modulesUpdated: 0,
  coursesUpdated: 0,
  pathwaysUpdated: 0,
  itemsRead: 0,
  entities: {},
});

/** Adds what a batch did. */
export function addTally(total: Tally, { entities, ...counts }: Tally): void {
  // A checkpoint may be of an earlier release, which did not count it.
  for (const [name, count] of Object.entries(counts) as [keyof typeof counts, number][])
    total[name] = (total[name] ?? 0) + count;
  for (const [key, { set, cleared, moved }] of Object.entries(entities)) {
    total.entities[key] ??= { set: 0, cleared: 0, moved: 0 };
    const entity = total.entities[key];
    entity.set += set;
    entity.cleared += cleared;
    entity.moved += moved;
  }
}

/** Counts the flags of a learner that changed, or would change. */
export function countChanges(tally: Tally, changes: readonly ChangeRecord[]): void {
  for (const { type, slug, before, after, expired_at_once } of changes) {
    if (expired_at_once) tally.expiredAtOnce = (tally.expiredAtOnce ?? 0) + 1;
    tally[`${type}sUpdated`]++;
    const key = `${type}/${slug}`;
    tally.entities[key] ??= { set: 0, cleared: 0, moved: 0 };
    const turned = after ? "set" : "cleared";
    tally.entities[key][before === after ? "moved" : turned]++;
  }
}
