import { placeOf } from "../../completion/settle.ts";
import type { LearnerId } from "../../model/learner.ts";
import { type Progress, sameFlag } from "../../model/progress.ts";
import { flagAttributesAfter } from "../../store/items.ts";
import type { Store } from "../../store/store.ts";
import type { WrittenFlag } from "./write-flags.ts";

/**
 * Takes back flags of holders that count an entry by its flag alone, where a backfill has cleared that flag meanwhile:
 *   t1 A reads a course that is flagged, though the facts do not complete it
 *   t2 a backfill clears the course, looks again, and finds no pathway flagged
 *   t3 A flags the pathway, since it counts the course   t4 A reads the course cleared, and takes the pathway back
 * Test: jobs/races, "that rests a pathway on a course's flag which is cleared meanwhile takes it back".
 * @param before what the flags were derived from
 * @returns the flags that stand
 */
export async function takeBackUnsupported(
  store: Store,
  learnerId: LearnerId,
  held: readonly WrittenFlag[],
  before: Progress,
): Promise<readonly WrittenFlag[]> {
  if (held.every(({ change }) => change.countedByFlag === undefined)) return held;
  const { progress: now } = await store.read(learnerId);
  const fallen = held.filter(({ change: { countedByFlag = [] } }) =>
    countedByFlag.some(({ type, slug }) => !sameFlag(before[type].get(slug)?.flag, now[type].get(slug)?.flag)),
  );
  for (const { change, was } of fallen)
    await store.setFlag(learnerId, placeOf(change), change.before, flagAttributesAfter(change.after, was));
  return held.filter((flag) => !fallen.includes(flag));
}
