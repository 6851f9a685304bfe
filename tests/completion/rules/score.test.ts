import { describe, expect, it } from "vitest";
import type { ScoreCondition } from "../../../src/catalog/module-schema.ts";
import { cumulativeScore, score } from "../../../src/completion/rules/score.ts";
import { moduleOf, resultsOf } from "../../support/builders/modules.ts";
import { at } from "../../support/builders/times.ts";

const [nine, ten, eleven] = [at("09:00"), at("10:00"), at("11:00")];
const scoreOf = (weights: Record<string, number>, passing_score = 80) =>
  moduleOf({ score: { passing_score, weights } });
const allAt = (scores: Record<string, number>, time = ten) => ({
  scores: Object.entries(scores).flatMap(([key, value]) => resultsOf([key, time, value])),
});
const cumulative = (weights: Record<string, number>, scores: Record<string, number>) =>
  cumulativeScore(scoreOf(weights).score as ScoreCondition, allAt(scores));

describe("the cumulative score", () => {
  it.each([
    ["of one component", { quiz: 1 }, { quiz: 79.99 }, 79.99],
    ["of two alike", { a: 0.5, b: 0.5 }, { a: 70, b: 90 }, 80],
    ["weighted", { quiz: 0.4, assignment: 0.6 }, { quiz: 50, assignment: 100 }, 80],
    ["with a component missing, which counts 0", { quiz: 0.4, assignment: 0.6 }, { assignment: 100 }, 60],
    ["of nothing", { quiz: 0.4, assignment: 0.6 }, {}, 0],
    ["of weights whose sum is not 1", { a: 1, b: 3 }, { a: 100, b: 60 }, 70],
    ["of weights in percent", { a: 40, b: 60 }, { a: 100, b: 50 }, 70],
    ["with a component of no weight", { a: 1, b: 0 }, { a: 80, b: 0 }, 80],
    ["with a component that the module does not name", { a: 1 }, { a: 80, other: 0 }, 80],
    ["whose binary sum is a hair short: 0.1 * 70 + 0.9 * 90", { a: 0.1, b: 0.9 }, { a: 70, b: 90 }, 88],
    ["of ten tenths, whose binary sum is 0.9999999999999999", tenths(0.1), tenths(80), 80],
    ["of three thirds", { a: 1 / 3, b: 1 / 3, c: 1 / 3 }, { a: 80, b: 80, c: 80 }, 80],
    ["between two hundredths, rounded down", { a: 2, b: 1 }, { a: 70, b: 69.99 }, 70],
    ["79.994, rounded down", { a: 1 }, { a: 79.994 }, 79.99],
    ["at the half, 79.985, rounded up", { a: 1 }, { a: 79.985 }, 79.99],
    ["79.995, which does not pass 80 and is not shown as if it did", { a: 1 }, { a: 79.995 }, 79.99],
    ["at the half, 1.005, which is less in binary", { a: 1 }, { a: 1.005 }, 1.01],
    ["of weights like 1e-9", { a: 1e-9, b: 1e-9 }, { a: 70, b: 90 }, 80],
    ["of full marks", tenths(0.1), tenths(100), 100],
  ] as [string, Record<string, number>, Record<string, number>, number][])("%s", (_, weights, scores, expected) => {
    expect(cumulative(weights, scores)).toBe(expected);
  });

  it("takes the best of each component, whenever it came", () => {
    const definition = scoreOf({ quiz: 0.5, assignment: 0.5 });
    const scores = resultsOf(
      ["quiz", nine, 90],
      ["quiz", ten, 20],
      ["assignment", eleven, 10],
      ["assignment", ten, 60],
    );
    expect(cumulativeScore(definition.score as ScoreCondition, { scores })).toBe(75);
  });
});

function tenths(value: number): Record<string, number> {
  return Object.fromEntries(Array.from("abcdefghij", (name) => [name, value]));
}

describe("a score condition", () => {
  const met = (weights: Record<string, number>, scores: Record<string, number>, passing = 80) =>
    score(scoreOf(weights, passing), allAt(scores))[0]?.metAt;

  it.each([
    ["79.99", { a: 1 }, { a: 79.99 }, 80, undefined],
    ["80.00", { a: 1 }, { a: 80 }, 80, ten],
    ["80.01", { a: 1 }, { a: 80.01 }, 80, ten],
    ["79.994", { a: 1 }, { a: 79.994 }, 80, undefined],
    ["79.995", { a: 1 }, { a: 79.995 }, 80, undefined],
    ["79.996", { a: 1 }, { a: 79.996 }, 80, undefined],
    ["80 of floating-point tenths", tenths(0.1), tenths(80), 80, ten],
    ["88 by 0.1 * 70 + 0.9 * 90", { a: 0.1, b: 0.9 }, { a: 70, b: 90 }, 88, ten],
    ["two thirds where 66.67 is asked", { a: 2, b: 1 }, { a: 100 }, 66.67, undefined],
    ["two thirds where 66.66 is asked", { a: 2, b: 1 }, { a: 100 }, 66.66, ten],
    ["66.67 where 66.68 is asked", { a: 2, b: 1 }, { a: 100 }, 66.68, undefined],
    ["100 where 100 is asked", tenths(0.1), tenths(100), 100, ten],
    ["0 where 0 is asked", { a: 1 }, { a: 0 }, 0, ten],
    ["nothing where 0 is asked", { a: 1 }, {}, 0, undefined],
  ] as [string, Record<string, number>, Record<string, number>, number, string | undefined][])(
    "is decided with %s",
    (_, weights, scores, passing, time) => expect(met(weights, scores, passing)).toBe(time),
  );

  it("is met when the components first came to the passing score together", () => {
    const definition = scoreOf({ quiz: 0.5, assignment: 0.5 });
    const scores = resultsOf(
      ["assignment", eleven, 100],
      ["quiz", nine, 40],
      ["quiz", ten, 60],
      ["quiz", at("12:00"), 90],
    );
    expect(score(definition, { scores })[0]?.metAt).toBe(eleven);
    expect(score(definition, { scores: scores.toReversed() })[0]?.metAt).toBe(eleven);
  });

  it("stays met though later scores are worse", () => {
    const scores = resultsOf(["a", nine, 80], ["a", ten, 10]);
    expect(score(scoreOf({ a: 1 }), { scores })[0]?.metAt).toBe(nine);
  });

  it("says what is reached and what is asked", () => {
    expect(score(scoreOf({ a: 1, b: 1 }), allAt({ a: 90 }))).toEqual([
      {
        missing: { type: "score", slug: "cumulative_score", score: 45, passing_score: 80 },
        metAt: undefined,
      },
    ]);
  });

  it("is none where the module states none, whatever was scored", () => {
    expect(score(moduleOf({}), allAt({ quiz: 100 }))).toEqual([]);
  });
});
