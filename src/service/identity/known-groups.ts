import type { LearnerId } from "../../model/learner.ts";
import { alone, type Group } from "./find-group.ts";

const MAX_KEPT = 10_000;

/**
 * Which ids were linked when this process last looked. It is a guess that saves work: whoever goes by it looks again after
 * the writes, and does the work once more where it was wrong:
 *   t1 A remembers that x is alone   t2 B links x and y   t3 A writes m1 under x, and looks: x is y's
 *   t4 A does its work once more, and settles y
 * Test: links.interleavings, where two processes take turns.
 */
export class KnownGroups {
  readonly #groups = new Map<LearnerId, Group>();

  get(learnerId: LearnerId): Group {
    return this.#groups.get(learnerId) ?? alone(learnerId);
  }

  /** Of an id that is alone there is nothing to know. */
  keep(learnerId: LearnerId, { learnerId: named, ids }: Group): void {
    this.#groups.delete(learnerId);
    if (ids.length === 1) return;
    if (this.#groups.size >= MAX_KEPT) this.#groups.clear();
    this.#groups.set(learnerId, { learnerId: named, ids });
  }
}
