import type { LearnerId } from "../model/learner.ts";
import type { Item } from "./items.ts";
import { isOfLearner } from "./keys.ts";

/** Where a scan of a segment stands: the key of the last item of the last whole learner. */
export type ScanPosition = { learner_id: string; entity: string };

export type ScannedLearner = { learnerId: LearnerId; items: Item[]; last: ScanPosition };

/**
 * Learners whose items have all been seen, and how many items were read for them. `identities` are items beside them that
 * tell of ids themselves: who was deleted, and who is linked with whom.
 */
export type ScannedPage = { learners: ScannedLearner[]; itemCount: number; identities?: Item[] };

export type Scanner = {
  /** Learners of one of `segments` segments, page by page, with eventually consistent reads. */
  segment(segment: number, segments: number, from?: ScanPosition): AsyncGenerator<ScannedPage>;
  /** About how many items the table has; what the store says may be hours old. */
  approximateItemCount(): Promise<number>;
};

/** Puts the items of a scan together by learner. They come side by side, but a page may end between two of them. */
export class LearnersOfPages {
  #open: ScannedLearner | undefined;

  /** @returns the learners who are whole now; with the last page, the last one too */
  page(items: readonly Item[], isLast: boolean): ScannedLearner[] {
    const learners: ScannedLearner[] = [];
    for (const item of items) {
      if (!isOfLearner(item)) continue;
      const learnerId = String(item.learner_id);
      const last = { learner_id: learnerId, entity: String(item.entity) };
      if (this.#open?.learnerId === learnerId) {
        this.#open.items.push(item);
        this.#open.last = last;
      } else {
        if (this.#open) learners.push(this.#open);
        this.#open = { learnerId, items: [item], last };
      }
    }
    if (isLast && this.#open) learners.push(this.#open);
    return learners;
  }
}
