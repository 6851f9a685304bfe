import type { EntityRef } from "../../model/entity.ts";

/** What an operator asks of a run. Segments are numbered from 0; the range includes both ends. */
export type BackfillOptions = {
  dryRun: boolean;
  contactId?: string | undefined;
  /** Learners with differences that a segment settles before it goes on. */
  batchSize: number;
  skipSynced: boolean;
  segments: number;
  segmentRange: { from: number; to: number };
  /** Learners that are settled side by side. */
  concurrency: number;
  revoke: boolean;
  /** Clear flags of what has no file any more, too; runs of earlier releases did not say. */
  revokeUnknown?: boolean | undefined;
  /** Settle the flags of these alone; without it, all that a learner has touched. */
  entities?: readonly EntityRef[] | undefined;
};

export const segmentsOf = ({ segmentRange: { from, to } }: Pick<BackfillOptions, "segmentRange">): number[] =>
  Array.from({ length: to - from + 1 }, (_, index) => from + index);
