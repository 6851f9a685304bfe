/** A page's clock may be off by this much before the service's is believed instead: answers travel, and seconds are cut. */
const TOLERANCE_MS = 60_000;
const KEY = "waymark-clock";

export type Clock = {
  now(): number;
  /**
   * Learns from an answer's `Date`.
   * @param sentAt this machine's time when the question left: an answer that took long, as one does over which the machine
   * slept, tells nothing
   * @param keep whether the next page may know it from the start
   */
  learn(date: string | null, sentAt: number, keep: boolean): void;
};

/**
 * The time, corrected by the service's where this machine's clock is wrong. What was tracked before the first answer
 * keeps its time: an event that changed between two sendings would be two events.
 */
export function createClock(storage: Storage | undefined): Clock {
  let offset = 0;
  try {
    offset = Number(storage?.getItem(KEY)) || 0;
  } catch {}
  return {
    now: () => Date.now() + offset,
    learn(date, sentAt, keep) {
      const found = Date.parse(date ?? "") - Date.now();
      if (Number.isNaN(found) || Math.abs(Date.now() - sentAt) > TOLERANCE_MS) return;
      const before = offset;
      offset = Math.abs(found) > TOLERANCE_MS ? found : 0;
      if (!keep || Math.abs(offset - before) < 1_000) return;
      try {
        if (offset) storage?.setItem(KEY, String(offset));
        else storage?.removeItem(KEY);
      } catch {}
    },
  };
}
