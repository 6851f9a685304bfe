import { FLAG_ORDER } from "../../completion/reach.ts";
import { type FlagChange, placeOf } from "../../completion/settle.ts";
import type { LearnerId } from "../../model/learner.ts";
import type { Item } from "../../store/items.ts";
import type { Store } from "../../store/store.ts";

/** A flag that is written: what the item was before, and the flag that it has then. */
export type WrittenFlag = { change: FlagChange; was: Item | undefined };

/**
 * Writes flags, each on the condition that it is still what was read. Those of one kind go side by side, and each kind
 * after those that it follows from, because a holder's flag must not be written once an entry's is lost:
 *   t1 A reads, and derives the course and, from it, the pathway   t2 B moves the course
 *   t3 A's write of the course is lost, and so its pathway would follow from a course that never was
 * Test: ingest.interleavings, "complete no more by claims, and keep a claim that is accepted".
 * @returns the writes that held; after a kind of which one did not, none follows
 */
export async function writeFlags(
  store: Store,
  learnerId: LearnerId,
  flags: readonly WrittenFlag[],
): Promise<readonly WrittenFlag[]> {
  const held: WrittenFlag[] = [];
  for (const type of FLAG_ORDER) {
    const some = flags.filter(({ change }) => change.entity.type === type);
    const outcomes = await Promise.all(
      some.map(({ change, was }) => store.setFlag(learnerId, placeOf(change), change.after, was)),
    );
    held.push(...some.filter((_, index) => outcomes[index] === "written"));
    if (outcomes.includes("lost")) break;
  }
  return held;
}
