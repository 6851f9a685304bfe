import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Facts, mergeFacts } from "../../src/model/progress.ts";
import { at, plus } from "../support/times.ts";

const [early, late] = [at("10:00"), at("11:00")];

describe("merged facts", () => {
  it.each<[string, Facts, Facts, Facts]>([
    ["nothing and nothing", {}, {}, {}],
    ["something and nothing", { startedAt: early }, {}, { startedAt: early }],
    ["the earlier of two times", { completedAt: late }, { completedAt: early }, { completedAt: early }],
    [
      "each time for itself",
      { startedAt: late, completedAt: early, recommendedAt: late },
      { startedAt: early, completedAt: late },
      { startedAt: early, completedAt: early, recommendedAt: late },
    ],
    [
      "the source of the earlier enrolment",
      { enrolledAt: late, enrollmentSource: "a" },
      { enrolledAt: early, enrollmentSource: "b" },
      { enrolledAt: early, enrollmentSource: "b" },
    ],
    [
      "no source where the earlier enrolment has none",
      { enrolledAt: late, enrollmentSource: "a" },
      { enrolledAt: early, enrollmentSource: null },
      { enrolledAt: early, enrollmentSource: null },
    ],
    [
      "the named source of two enrolments at one moment",
      { enrolledAt: early, enrollmentSource: null },
      { enrolledAt: early, enrollmentSource: "b" },
      { enrolledAt: early, enrollmentSource: "b" },
    ],
    [
      "the source that sorts first of two at one moment",
      { enrolledAt: early, enrollmentSource: "b" },
      { enrolledAt: early, enrollmentSource: "a" },
      { enrolledAt: early, enrollmentSource: "a" },
    ],
  ])("are %s, in either order", (_, a, b, merged) => {
    expect(mergeFacts(a, b)).toEqual(merged);
    expect(mergeFacts(b, a)).toEqual(merged);
  });

  // Few different values, so that equal times and sources are common.
  const time = fc.integer({ min: 0, max: 3 }).map((minutes) => plus(early, minutes * 60_000));
  const times = fc.record({ recommendedAt: time, startedAt: time, completedAt: time }, { requiredKeys: [] });
  const enrolment = fc.record({ enrolledAt: time, enrollmentSource: fc.constantFrom(null, "a", "b", "c") });
  const facts: fc.Arbitrary<Facts> = fc
    .tuple(times, fc.option(enrolment, { nil: {} }))
    .map(([some, others]) => ({ ...some, ...others }));

  it("are the same in either order", () => {
    fc.assert(
      fc.property(facts, facts, (a, b) => {
        expect(mergeFacts(a, b)).toEqual(mergeFacts(b, a));
      }),
    );
  });

  it("are the same in any grouping", () => {
    fc.assert(
      fc.property(facts, facts, facts, (a, b, c) => {
        expect(mergeFacts(mergeFacts(a, b), c)).toEqual(mergeFacts(a, mergeFacts(b, c)));
      }),
    );
  });

  it("are the same however often each is stated", () => {
    fc.assert(
      fc.property(facts, facts, (a, b) => {
        expect(mergeFacts(a, a)).toEqual(a);
        expect(mergeFacts(mergeFacts(a, b), b)).toEqual(mergeFacts(a, b));
      }),
    );
  });
});
