import { beforeEach, expect, it } from "vitest";
import type { Attempt } from "../../src/model/attempt.ts";
import { describeEachStore, type StoreUnderTest } from "../support/processes/stores.ts";
import { newLearner } from "./raw-items.ts";

const NOON = "2026-01-18T12:00:00.000Z";
const LATE = "2026-01-18T14:00:00.000Z";
const accepted: Attempt = {
  kind: "claim",
  eventId: "e",
  identity: "one",
  courseSlug: "ruby",
  occurredAt: NOON,
  receivedAt: NOON,
};
const refused: Attempt = {
  ...accepted,
  receivedAt: LATE,
  refused: true,
  code: "COMPLETION_NOT_REACHED",
  reason: "0/1 modules completed",
};

describeEachStore("refuseClaim", (open) => {
  let opened: StoreUnderTest;
  let learner: string;

  beforeEach(() => {
    opened = open();
    learner = newLearner();
  });

  const kept = async () => (await opened.store.attempts(learner, { limit: 10 })).attempts;

  it("keeps a claim that was not kept yet", async () => {
    await opened.store.refuseClaim(learner, refused);
    expect(await kept()).toEqual([refused]);
  });

  it("takes the place of the claim as accepted, and gives way to it again", async () => {
    await opened.store.addAttempt(learner, accepted);
    await opened.store.refuseClaim(learner, refused);
    expect(await kept()).toEqual([refused]);
    await opened.store.addAttempt(learner, accepted);
    expect(await kept()).toEqual([accepted]);
  });

  it("leaves a claim as it was first refused, and a completion as it was taken", async () => {
    await opened.store.refuseClaim(learner, refused);
    await opened.store.refuseClaim(learner, { ...refused, receivedAt: NOON, reason: "another" });
    const completion: Attempt = { ...accepted, kind: "completion", identity: "two" };
    await opened.store.addAttempt(learner, completion);
    await opened.store.refuseClaim(learner, { ...refused, identity: "two" });
    expect((await kept()).sort((a, b) => (a.identity < b.identity ? -1 : 1))).toEqual([refused, completion]);
  });

  it("of a time that lies ahead leaves nothing at that time that would count", async () => {
    await opened.store.refuseClaim(learner, { ...refused, statedAt: LATE });
    expect(await kept()).toEqual([refused]);
    await opened.store.addAttempt(learner, { ...accepted, occurredAt: LATE });
    expect(await kept()).toEqual([{ ...accepted, occurredAt: LATE }]);
  });
});
