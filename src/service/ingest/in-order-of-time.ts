import type { LearningEvent } from "../../model/events/index.ts";
import { compareText } from "../../model/text.ts";
import type { Warning } from "../../model/warning.ts";
import type { RecordStore } from "../../store/record-store.ts";

/** An event of a request that could be read, and its place there. */
export type Parsed = { event: LearningEvent; isTimedByReceipt: boolean; warnings: Warning[]; index: number };

/**
 * A learner's events, each at the time that counts, in order of it; of one moment, in the order sent. An event whose own
 * time does not count happened when it was first received, which is kept for such events alone: an event with a time that
 * is believed costs nothing more.
 */
export async function inOrderOfTime(store: RecordStore, parsed: readonly Parsed[]): Promise<Parsed[]> {
  const receipts = new Map<string, Promise<string>>();
  const timed = await Promise.all(
    parsed.map(async (one) => {
      const { event, isTimedByReceipt } = one;
      if (!isTimedByReceipt) return one;
      const { learnerId, identity, receivedAt } = event;
      const receipt = receipts.get(identity) ?? store.firstReceipt(learnerId, identity, receivedAt);
      receipts.set(identity, receipt);
      return { ...one, event: { ...event, at: await receipt } };
    }),
  );
  return timed.sort((a, b) => compareText(a.event.at, b.event.at) || a.index - b.index);
}
