import type { Timestamp } from "./time.ts";

export const RATINGS = ["again", "hard", "good", "easy"] as const;
export type Rating = (typeof RATINGS)[number];

/** How well a learner knew an item, once. `identity` is the event's. */
export type Review = { at: Timestamp; rating: Rating; identity: string };

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
export const encodeReview = ({ at, rating, identity }: Review): string => `${at}#${rating}#${identity}`;

/** Undefined for a text that is no review. */
export function decodeReview(text: string): Review | undefined {
  const [at, rating, identity] = text.split("#");
  if (at === undefined || identity === undefined || !RATINGS.includes(rating as Rating)) return undefined;
  return { at, rating: rating as Rating, identity };
}
