import { type Card, createEmptyCard, Rating as FsrsRating, fsrs } from "ts-fsrs";
import type { Rating, ReviewCard } from "../model/review.ts";
import { compareText } from "../model/text.ts";
import { millisecondsOf, type Timestamp, toTimestamp } from "../model/time.ts";

const DAY_MS = 86_400_000;
const GRADES = {
  again: FsrsRating.Again,
  hard: FsrsRating.Hard,
  good: FsrsRating.Good,
  easy: FsrsRating.Easy,
} as const satisfies Record<Rating, FsrsRating>;

// Without fuzz the next review is a function of the reviews so far, whoever works it out.
const scheduler = fsrs({ enable_fuzz: false });

/** When an item is due, and how its learner stands with it. Times and order are those of the events. */
export type Schedule = { dueAt: Timestamp; reviewCount: number; lastReviewedAt: Timestamp | null };

/**
 * Works out a card's next review from all its reviews, by FSRS. A new card is due the day after it came.
 * @see https://github.com/open-spaced-repetition/ts-fsrs
 */
export function scheduleReview({ createdAt, reviews }: ReviewCard): Schedule {
  const inOrder = [...reviews].sort((a, b) => compareText(a.at, b.at) || compareText(a.identity, b.identity));
  const [first] = inOrder;
  const last = inOrder.at(-1);
  if (first === undefined || last === undefined)
    return {
      dueAt: toTimestamp(millisecondsOf(createdAt ?? toTimestamp(0)) + DAY_MS),
      reviewCount: 0,
      lastReviewedAt: null,
    };
  let card: Card = createEmptyCard(new Date(createdAt !== undefined && createdAt < first.at ? createdAt : first.at));
  for (const { at, rating } of inOrder) card = scheduler.next(card, new Date(at), GRADES[rating]).card;
  return { dueAt: toTimestamp(card.due), reviewCount: inOrder.length, lastReviewedAt: last.at };
}
