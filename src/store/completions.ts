import type { EntityType } from "../model/entity.ts";
import { AppError } from "../model/errors.ts";
import type { LearnerId } from "../model/learner.ts";
import { isTimestamp, type Timestamp } from "../model/time.ts";
import type { Item } from "./items.ts";
import { parseEntityKey } from "./keys.ts";
import { type List, mergeLists } from "./merge-lists.ts";

/** A learner who completed an entity, as the index has it. */
export type CompletionRecord = {
  learnerId: LearnerId;
  /** Under which of the entity's slugs it is stored. */
  slug: string;
  completedAt: Timestamp;
  expiresAt: Timestamp | null;
  recordedAt: Timestamp | null;
  completionSource: string | null;
  catalogVersion: string | null;
};

/** Where a page of completions ends. `list` is the store's name for the one that the completion stands in, of those that it merges. */
export type CompletionCursor = { completedAt: Timestamp; learnerId: LearnerId; list: string };

/** An entity under all the slugs that it ever had. */
export type ListedEntity = { type: EntityType; slugs: readonly string[] };

export type CompletionsQuery = {
  since?: Timestamp | undefined;
  until?: Timestamp | undefined;
  /** Those alone that end before then, or have ended. */
  expiringBefore?: Timestamp | undefined;
  limit: number;
  after?: CompletionCursor | undefined;
};

export type CompletionsPage = { completions: CompletionRecord[]; next: CompletionCursor | undefined };

/** The lists of who completed what. */
export type CompletionStore = {
  /**
   * Who completed an entity, in order of completed_at; `since` is inside the range, `until` is not. In DynamoDB a list is
   * spread over 16 partitions, so a page costs 16 Queries of an index side by side for each slug, and as many again where
   * one of them has far more of the page than its share. With `expiringBefore`, what is passed over is read as well, up to
   * 3,100 completions of each partition; then the page ends early, and `next` goes on. The index follows writes: at once in
   * SQLite, within about a second in DynamoDB.
   * @throws AppError STORE_UNAVAILABLE; SCHEMA_VALIDATION_FAILED for a cursor whose list is none of the entity's, as one has
   *   that another release has made
   */
  completions(entity: ListedEntity, query: CompletionsQuery): Promise<CompletionsPage>;
};

/** Where somebody asks for few of many, so many are looked at in one go. */
const LOOKING = { first: 100, more: 1_000 };

/** A page of an entity's lists. @param listsOf the lists of a range, both ends of which are inside it */
export async function completionsIn(
  listsOf: (range: { from: string; to: string }) => readonly List<Item>[],
  query: CompletionsQuery,
): Promise<CompletionsPage> {
  const { limit, after, expiringBefore } = query;
  const range = rangeOf(query);
  const cursor = after && { at: after.completedAt, id: after.learnerId, list: after.list };
  const lists = listsOf(range ?? NOTHING);
  if (after !== undefined && !lists.some(({ name }) => name === after.list)) throw ofAnotherOrder();
  if (range === undefined) return { completions: [], next: undefined };
  const looking = expiringBefore === undefined ? undefined : LOOKING;
  const { rows, next } = await mergeLists(lists, { limit, from: range.from, after: cursor, looking });
  return {
    completions: rows.flatMap(({ row }) => completionOf(row) ?? []),
    next: next && { completedAt: next.at, learnerId: next.id, list: next.list },
  };
}
const ofAnotherOrder = () =>
  new AppError("SCHEMA_VALIDATION_FAILED", "The request does not have the expected form.", {
    errors: [
      {
        path: "cursor",
        message: "Of a list in another order, as an earlier release has it; send none for the list's beginning",
      },
    ],
  });
const NOTHING = { from: "", to: "" };

/** A completion as the index has it; undefined where somebody else has written something that is no time. */
function completionOf(item: Item): CompletionRecord | undefined {
  const { learner_id, entity, completed_at, expires_at, recorded_at, completion_source, catalog_version } = item;
  if (!isTimestamp(completed_at)) return undefined;
  const text = (value: unknown) => (value as string | undefined) ?? null;
  return {
    learnerId: String(learner_id),
    slug: parseEntityKey(entity)?.slug ?? "",
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
function rangeOf({ since, until, after }: CompletionsQuery): { from: string; to: string } | undefined {
  const [from, to] = [since ?? FIRST, until === undefined ? LAST : justBefore(until)];
  return to < from || (after !== undefined && after.completedAt > to) ? undefined : { from, to };
}

const justBefore = (timestamp: Timestamp): string => new Date(Date.parse(timestamp) - 1).toISOString();
