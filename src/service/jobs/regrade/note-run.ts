import { isDeepStrictEqual } from "node:util";
import { reachOf } from "../../../completion/reach.ts";
import { slugsOf } from "../../../completion/resolve-progress.ts";
import { type EntityRef, entityKey } from "../../../model/entity.ts";
import type { LearnerId } from "../../../model/learner.ts";
import { flagAttributesOf, type Item, type Reading } from "../../../store/items.ts";
import type { Store } from "../../../store/store.ts";
import { type ChangeRecord, joined, markRecord } from "../change.ts";
import { eventIdOf, type RegradePolicy } from "./regrade-policy.ts";

const MAX_TRIES = 12;

/** Where the flags are stored that may follow from the module: under today's slugs, and under others that are in use. */
export function placesOf({ catalog, module }: RegradePolicy, { items }: Reading): EntityRef[] {
  return reachOf(catalog, { type: "module", slug: module.slug }).flatMap((entity) =>
    slugsOf(catalog, entity)
      .map((slug) => ({ type: entity.type, slug }))
      .filter((place) => place.slug === entity.slug || items.has(entityKey(place))),
  );
}

/** Notes the run at an item, and says before that how the item's flag was, so that a rollback can take the note away. */
export async function noteRun(
  store: Store,
  { run }: RegradePolicy,
  { learnerId, place }: { learnerId: LearnerId; place: EntityRef },
  note: (changes: ChangeRecord[]) => Promise<void>,
): Promise<void> {
  for (let attempt = 1; attempt <= MAX_TRIES; attempt++) {
    const item = await store.readItem(learnerId, place);
    // The run that was interrupted has been here.
    if (item?.decided_by === eventIdOf(run)) return;
    await note([markRecord(place, item, eventIdOf(run))]);
    const was = item ? flagAttributesOf(item) : {};
    if ((await store.markDecided(learnerId, place, eventIdOf(run), was)) === "written") return;
  }
  throw new Error("Others keep writing the learner's flags; run again when there is less to do");
}

const withoutNote = ({ decided_by: _, ...flag }: Item): Item => flag;

/**
 * A change of a flag beside which the run is noted, together with the note. An interrupted run has announced the change
 * before, and when it goes on it finds the flag as it was, but for the note.
 */
export function joinedWithNote(first: ChangeRecord | undefined, second: ChangeRecord, note: string): ChangeRecord {
  const isNoted = first !== undefined && second.flag_before?.decided_by === note;
  const isSame =
    isNoted && isDeepStrictEqual(withoutNote(first.flag_before ?? {}), withoutNote(second.flag_before ?? {}));
  return isSame ? { ...second, flag_before: first.flag_before } : joined(first, second);
}

/** Whether nothing but the note is new. */
export const isNoteAlone = ({ flag_before, flag_after }: ChangeRecord): boolean =>
  isDeepStrictEqual(withoutNote(flag_before ?? {}), withoutNote(flag_after));
