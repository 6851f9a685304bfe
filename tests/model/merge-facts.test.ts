import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Facts, mergeFacts } from "../../src/model/progress.ts";
import type { Result } from "../../src/model/result.ts";
import { at, plus } from "../support/builders/times.ts";
import { holds } from "../support/vitest/property.ts";
import { RUNS } from "../support/vitest/runs.ts";

const [early, middle, late] = [at("10:00"), at("10:30"), at("11:00")];
const result = (key: string, when: string, value: number | true): Result => ({ key, at: when, value });

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
      "the first receipt of the earliest enrolment",
      { enrolledAt: early, enrollmentSource: null, enrollmentReceipt: `${early}#${late}` },
      { enrolledAt: early, enrollmentSource: null, enrollmentReceipt: `${early}#${middle}` },
      { enrolledAt: early, enrollmentSource: null, enrollmentReceipt: `${early}#${middle}` },
    ],
    [
      "the receipt of the earliest enrolment, though it came last",
      { enrolledAt: early, enrollmentSource: null, enrollmentReceipt: `${early}#${late}` },
      { enrolledAt: middle, enrollmentSource: null, enrollmentReceipt: `${middle}#${middle}` },
      { enrolledAt: early, enrollmentSource: null, enrollmentReceipt: `${early}#${late}` },
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
    [
      "every result, equal ones once",
      { tasks: [result("quiz", early, 50), result("quiz", late, 90)] },
      { tasks: [result("quiz", middle, 40), result("quiz", late, 90)] },
      { tasks: [result("quiz", early, 50), result("quiz", middle, 40), result("quiz", late, 90)] },
    ],
    [
      "results of each key and each kind for themselves",
      { tasks: [result("a", early, 50)], scores: [result("a", late, 10)] },
      { tasks: [result("b", late, 40), result("a", late, true)], steps: [result("a", late, true)] },
      {
        tasks: [result("a", early, 50), result("a", late, true), result("b", late, 40)],
        scores: [result("a", late, 10)],
        steps: [result("a", late, true)],
      },
    ],
    [
      "every time that a step was done",
      { steps: [result("one", middle, true)] },
      { steps: [result("one", late, true), result("one", early, true)] },
      { steps: [result("one", early, true), result("one", middle, true), result("one", late, true)] },
    ],
    [
      "both results of one moment, the better one in front",
      { scores: [result("quiz", early, 0)] },
      { scores: [result("quiz", early, 0.5)] },
      { scores: [result("quiz", early, 0.5), result("quiz", early, 0)] },
    ],
    ["a result of 0", { scores: [result("quiz", early, 0)] }, {}, { scores: [result("quiz", early, 0)] }],
  ])("are %s, in either order", (_, a, b, merged) => {
    expect(mergeFacts(a, b)).toEqual(merged);
    expect(mergeFacts(b, a)).toEqual(merged);
  });

  // Few different values, so that equal times and sources are common.
  const time = fc.integer({ min: 0, max: 3 }).map((minutes) => plus(early, minutes * 60_000));
  const times = fc.record({ recommendedAt: time, startedAt: time, completedAt: time }, { requiredKeys: [] });
  const enrolment = fc
    .record({ enrolledAt: time, enrollmentSource: fc.constantFrom(null, "a", "b", "c"), receivedAt: fc.option(time) })
    .map(({ receivedAt, ...one }) => ({
      ...one,
      ...(receivedAt && { enrollmentReceipt: `${one.enrolledAt}#${receivedAt}` }),
    }));
  const value = fc.constantFrom(true as const, 0, 0.5, 80, 100);
  const some = fc.array(fc.record({ key: fc.constantFrom("a", "b"), at: time, value }), { minLength: 1, maxLength: 5 });
  const results = fc.record({ tasks: some, scores: some, steps: some }, { requiredKeys: [] });
  const facts: fc.Arbitrary<Facts> = fc
    .tuple(times, fc.option(enrolment, { nil: {} }), results)
    .map((parts) => Object.assign({}, ...parts));

  it("are the same in either order", async () => {
    await holds(
      fc.property(facts, facts, (a, b) => {
        expect(mergeFacts(a, b)).toEqual(mergeFacts(b, a));
      }),
      RUNS.pure,
    );
  });

  it("are the same in any grouping", async () => {
    await holds(
      fc.property(facts, facts, facts, (a, b, c) => {
        expect(mergeFacts(mergeFacts(a, b), c)).toEqual(mergeFacts(a, mergeFacts(b, c)));
      }),
      RUNS.pure,
    );
  });

  it("are the same however often each is stated", async () => {
    await holds(
      fc.property(facts, facts, (a, b) => {
        expect(mergeFacts(a, a)).toEqual(mergeFacts(a, {}));
        expect(mergeFacts(mergeFacts(a, {}), {})).toEqual(mergeFacts(a, {}));
        expect(mergeFacts(mergeFacts(a, b), b)).toEqual(mergeFacts(a, b));
      }),
      RUNS.pure,
    );
  });
});
