import type { EntityRef } from "../model/entity.ts";
import type { LearnerId } from "../model/learner.ts";
import { isTimestamp, type Timestamp } from "../model/time.ts";
import type { Item } from "./items.ts";

/** A learner who completed an entity, as the index has it. */
export type CompletionRecord = {
  learnerId: LearnerId;
  completedAt: Timestamp;
  expiresAt: Timestamp | null;
  recordedAt: Timestamp | null;
  completionSource: string | null;
  catalogVersion: string | null;
};

/** Where a page of completions ends. */
export type CompletionCursor = { completedAt: Timestamp; learnerId: LearnerId };

export type CompletionsQuery = {
  since?: Timestamp | undefined;
  until?: Timestamp | undefined;
  /** Those alone that end before then, or have ended. */
  expiringBefore?: Timestamp | undefined;
  limit: number;
  after?: CompletionCursor | undefined;
};

/** The lists of who completed what. */
export type CompletionStore = {
  /**
   * Who completed an entity, in order of completed_at; `since` is inside the range, `until` is not. Costs one Query of an
   * index for a page of at most `limit`; with `expiringBefore`, all of the range is read that the page must pass over. The index follows writes: at once in SQLite, within about a second in DynamoDB.
   * @throws AppError STORE_UNAVAILABLE
   */
  completions(
    entity: EntityRef,
    query: CompletionsQuery,
  ): Promise<{ completions: CompletionRecord[]; next: CompletionCursor | undefined }>;
};

/** A completion as the index has it; undefined where somebody else has written something that is no time. */
export function completionOf(item: Item): CompletionRecord | undefined {
  const { learner_id, completed_at, expires_at, recorded_at, completion_source, catalog_version } = item;
  if (!isTimestamp(completed_at)) return undefined;
  const text = (value: unknown) => (value as string | undefined) ?? null;
  return {
    learnerId: String(learner_id),
    completedAt: completed_at,
    expiresAt: isTimestamp(expires_at) ? expires_at : null,
    recordedAt: text(recorded_at),
    completionSource: text(completion_source),
    catalogVersion: text(catalog_version),
  };
}

/** Before and after every timestamp. */
const FIRST = "0";
const LAST = "~";

/**
 * Both ends of a range of completions, both inside it; undefined for a range that is empty. The upper end of a query is
 * exclusive, so that one range can begin where another ends; times have whole milliseconds.
 */
export function rangeOf({ since, until, after }: CompletionsQuery): { from: string; to: string } | undefined {
  const [from, to] = [since ?? FIRST, until === undefined ? LAST : justBefore(until)];
  return to < from || (after !== undefined && after.completedAt > to) ? undefined : { from, to };
}

const justBefore = (timestamp: Timestamp): string => new Date(Date.parse(timestamp) - 1).toISOString();
