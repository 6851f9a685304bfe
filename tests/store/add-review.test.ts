import { beforeEach, expect, it } from "vitest";
import type { Review } from "../../src/model/review.ts";
import { describeEachStore, type StoreUnderTest } from "../support/processes/stores.ts";
import { newLearner } from "./raw-items.ts";

const CARD = { moduleSlug: "strings", itemId: "hola" };
const EARLY = "2026-01-18T10:00:00.000Z";
const NOON = "2026-01-18T12:00:00.000Z";
const LATE = "2026-01-18T14:00:00.000Z";
const review: Review = { at: EARLY, rating: "good", identity: "one" };

describeEachStore("addReview", (open) => {
  let opened: StoreUnderTest;
  let learner: string;

  beforeEach(() => {
    opened = open();
    learner = newLearner();
  });

  const add = (one: Review) => opened.store.addReview(learner, CARD, one);

  it("keeps when a review was first received, also where it comes again", async () => {
    const first = { ...review, receivedAt: NOON };
    expect(await add(first)).toEqual({ ...CARD, reviews: [first] });
    await add({ ...first, receivedAt: LATE });
    const second: Review = { at: NOON, rating: "easy", identity: "two", receivedAt: LATE };
    await add(second);
    const [card] = await opened.store.cards(learner);
    expect(card).toEqual({ ...CARD, reviews: expect.toSatisfy((all: Review[]) => all.length === 2) });
    expect(card?.reviews).toEqual(expect.arrayContaining([first, second]));
  });

  it("tells of one that was kept without", async () => {
    expect(await add(review)).toEqual({ ...CARD, reviews: [review] });
  });
});
