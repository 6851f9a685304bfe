import { isSource, type Source } from "./source.ts";
import type { Timestamp } from "./time.ts";

export const RATINGS = ["again", "hard", "good", "easy"] as const;
export type Rating = (typeof RATINGS)[number];

/**
 * How well a learner knew an item, once. `identity` is the event's; reviews of earlier releases have no source, and no time
 * of receipt, which is kept beside the text of the review: one that is sent again would otherwise be another text.
 */
export type Review = { at: Timestamp; rating: Rating; identity: string; source?: Source; receivedAt?: Timestamp };

/** An item that a learner reviews at growing intervals, with all its reviews; the next is worked out from them. */
export type ReviewCard = {
  moduleSlug: string;
  itemId: string;
  /** When the module that brought it was completed; none where a review came first. */
  createdAt?: Timestamp;
  front?: string;
  back?: string;
  reviews: Review[];
};

/** So many reviews of an item are kept, in one item of 400 KB: one a day for nearly three years. */
export const MAX_REVIEWS = 1_000;

/** As the element of a set. */
export const encodeReview = ({ at, rating, identity, source }: Review): string =>
  source === undefined ? `${at}#${rating}#${identity}` : `${at}#${rating}#${identity}#${source}`;

/** Undefined for a text that is no review. */
export function decodeReview(text: string): Review | undefined {
  const [at, rating, identity, source] = text.split("#");
  if (at === undefined || identity === undefined || !RATINGS.includes(rating as Rating)) return undefined;
  const review = { at, rating: rating as Rating, identity };
  return source !== undefined && isSource(source) ? { ...review, source } : review;
}
