import { describe, expect, it } from "vitest";
import { RATINGS, type Rating, type Review, type ReviewCard } from "../../src/model/review.ts";
import { millisecondsOf, type Timestamp } from "../../src/model/time.ts";
import { type Schedule, scheduleReview } from "../../src/review/schedule-review.ts";
import { at, plus } from "../support/builders/times.ts";

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const CREATED = at("10:00");
const DUE = plus(CREATED, DAY);

const review = (time: Timestamp, rating: Rating, identity = `${time} ${rating}`): Review => ({
  at: time,
  rating,
  identity,
});
const card = (...reviews: Review[]): ReviewCard => ({
  moduleSlug: "greetings",
  itemId: "hola",
  createdAt: CREATED,
  reviews,
});
const after = (...ratings: Rating[]): Schedule => {
  const reviews: Review[] = [];
  for (const rating of ratings) reviews.push(review(scheduleReview(card(...reviews)).dueAt, rating));
  return scheduleReview(card(...reviews));
};
/** How long after the last review the next is due. */
const interval = ({ dueAt, lastReviewedAt }: Schedule) =>
  millisecondsOf(dueAt) - millisecondsOf(lastReviewedAt ?? CREATED);

describe("a new card", () => {
  it.each([
    ["in the morning", at("10:00"), "2026-01-19T10:00:00.000Z"],
    ["to the millisecond", at("23:59:59.999"), "2026-01-19T23:59:59.999Z"],
    ["over the end of a year", "2026-12-31T12:00:00.000Z", "2027-01-01T12:00:00.000Z"],
    ["over a leap day", "2028-02-28T12:00:00.000Z", "2028-02-29T12:00:00.000Z"],
  ])("that came %s is due a day later", (_, createdAt, dueAt) => {
    expect(scheduleReview({ ...card(), createdAt })).toEqual({ dueAt, reviewCount: 0, lastReviewedAt: null });
  });
});

describe("a review", () => {
  it.each([
    ["again", MINUTE],
    ["hard", 6 * MINUTE],
    ["good", 10 * MINUTE],
  ] as const)("rated %s is followed by the next on the same day", (rating, milliseconds) => {
    expect(interval(after(rating))).toBe(milliseconds);
  });

  it("rated easy is followed by the next days later", () => {
    expect(interval(after("easy"))).toBeGreaterThan(2 * DAY);
  });

  it("is later due the better the rating", () => {
    for (const earlier of [[], ["good"], ["good", "good"], ["easy", "hard"]] as Rating[][]) {
      const intervals = RATINGS.map((rating) => interval(after(...earlier, rating)));
      expect(intervals).toEqual(intervals.toSorted((a, b) => a - b));
      expect(new Set(intervals).size).toBe(RATINGS.length);
    }
  });

  it("after review is due at growing intervals while it is known, and soon when it is forgotten", () => {
    const known: Rating[] = ["good", "good", "good", "good", "good"];
    const intervals = known.map((_, index) => interval(after(...known.slice(0, index + 1))));
    expect(intervals).toEqual(intervals.toSorted((a, b) => a - b));
    expect(intervals.at(-1)).toBeGreaterThan(30 * DAY);
    expect(interval(after(...known, "again"))).toBeLessThan(DAY);
  });

  it("counts, and tells the last by time", () => {
    const [first, second] = [review(DUE, "good"), review(plus(DUE, DAY), "hard")];
    expect(scheduleReview(card(first, second))).toMatchObject({ reviewCount: 2, lastReviewedAt: plus(DUE, DAY) });
    expect(scheduleReview(card(second, first))).toMatchObject({ reviewCount: 2, lastReviewedAt: plus(DUE, DAY) });
  });
});

describe("reviews in any order of arrival", () => {
  const reviews = [
    review(DUE, "again"),
    review(plus(DUE, MINUTE), "good"),
    review(plus(DUE, DAY), "hard"),
    review(plus(DUE, 3 * DAY), "easy"),
  ];

  it("give the schedule of their order in time", () => {
    const schedule = scheduleReview(card(...reviews));
    for (let shift = 1; shift < reviews.length; shift++)
      expect(scheduleReview(card(...reviews.slice(shift), ...reviews.slice(0, shift)))).toEqual(schedule);
    expect(scheduleReview(card(...reviews.toReversed()))).toEqual(schedule);
  });

  it("are not altered", () => {
    const sent = reviews.toReversed();
    scheduleReview(card(...sent));
    expect(sent).toEqual(reviews.toReversed());
  });

  it("at one moment both count, in one order", () => {
    const [a, b] = [review(DUE, "again", "a"), review(DUE, "easy", "b")];
    const schedule = scheduleReview(card(a, b));
    expect(scheduleReview(card(b, a))).toEqual(schedule);
    expect(schedule.reviewCount).toBe(2);
    expect(schedule).not.toEqual(scheduleReview(card(a)));
    expect(schedule).not.toEqual(scheduleReview(card(b)));
  });
});

describe("a card that a review brought before its module was completed", () => {
  const early = review(at("09:00"), "good");

  it.each([
    ["not completed at all", undefined],
    ["completed later", CREATED],
    ["completed at the same moment", at("09:00")],
  ])("is scheduled from its review on, where the module is %s", (_, createdAt) => {
    const { createdAt: __, ...bare } = card(early);
    expect(scheduleReview({ ...bare, ...(createdAt !== undefined && { createdAt }) })).toEqual({
      dueAt: plus(at("09:00"), 10 * MINUTE),
      reviewCount: 1,
      lastReviewedAt: at("09:00"),
    });
  });
});

it("the same reviews always give the same schedule", () => {
  const schedules = Array.from({ length: 20 }, () => after("good", "good", "easy", "hard", "good"));
  expect(new Set(schedules.map((schedule) => JSON.stringify(schedule))).size).toBe(1);
});
