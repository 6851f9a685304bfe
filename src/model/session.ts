import type { Timestamp } from "./time.ts";

/** A stretch of learning. Either end may be missing: pages close without a word, and events arrive in any order. */
export type Session = {
  sessionId: string;
  sessionType: string;
  startedAt?: Timestamp;
  endedAt?: Timestamp;
  /** When the first of its events was received; none of sessions that were kept before this was. */
  receivedAt?: Timestamp;
  moduleSlug?: string;
  source?: string;
  language?: string;
  itemsStudied?: number;
  itemsCorrect?: number;
};
