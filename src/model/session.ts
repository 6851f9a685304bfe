import type { Timestamp } from "./time.ts";

/** A stretch of learning. Either end may be missing: pages close without a word, and events arrive in any order. */
export type Session = {
  sessionId: string;
  sessionType: string;
  startedAt?: Timestamp;
  endedAt?: Timestamp;
  moduleSlug?: string;
  source?: string;
  language?: string;
  itemsStudied?: number;
  itemsCorrect?: number;
};
