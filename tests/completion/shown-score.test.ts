import { describe, expect, it } from "vitest";
import { shownScore } from "../../src/completion/shown-score.ts";

describe("a score is shown", () => {
  it.each([
    ["whole", 80, undefined, 80],
    ["to two decimals", 66.666666, undefined, 66.67],
    ["half up: 79.975, which is less in binary", 79.975, undefined, 79.98],
    ["half up: 1.005, which is less in binary", 1.005, undefined, 1.01],
    ["half up: 8.345", 8.345, undefined, 8.35],
    ["79.974999 as less", 79.974999, undefined, 79.97],
    ["79.995 without a mark", 79.995, undefined, 80],
    ["79.995, which has not reached 80, as less", 79.995, 80, 79.99],
    ["79.999999, which has not reached 80, as less", 79.999999, 80, 79.99],
    ["80 of 80", 80, 80, 80],
    ["80.004 of 80", 80.004, 80, 80],
    ["79.975 of 80", 79.975, 80, 79.98],
    ["79.975 of 79.98, which it has not reached", 79.975, 79.98, 79.97],
    ["79.975 of 79.975, which it has reached", 79.975, 79.975, 79.98],
    ["0", 0, 0, 0],
    ["99.999 of 100", 99.999, 100, 99.99],
    ["100", 100, 100, 100],
  ] as [string, number, number | undefined, number][])("%s", (_, score, mark, shown) => {
    expect(shownScore(score, mark)).toBe(shown);
  });

  it("to two decimals and on the right side of every mark, for every score that we keep", () => {
    for (let millionths = 0; millionths <= 100_000_000; millionths += 12_345) {
      const score = millionths / 1e6;
      for (const mark of [0, 50, 66.67, 79.99, 80, 100]) {
        const shown = shownScore(score, mark);
        expect(Number(shown.toFixed(2))).toBe(shown);
        expect(Math.abs(shown - score)).toBeLessThan(0.01);
        expect(shown >= mark).toBe(score >= mark || shown === mark);
        if (score < mark) expect(shown).toBeLessThan(mark);
      }
    }
  });
});
