import { describe, expect, it } from "vitest";
import { type Duration, isShorter, minus, parseDuration, plus } from "../../src/model/duration.ts";

const of = (text: string): Duration => parseDuration(text) ?? expect.fail(`${text} is none`);
const moment = (text: string): string => new Date(text.length === 10 ? `${text}T00:00:00Z` : text).toISOString();

describe("a duration", () => {
  it.each([
    ["P1Y", { months: 12, days: 0, milliseconds: 0 }],
    ["P1Y6M", { months: 18, days: 0, milliseconds: 0 }],
    ["P2W", { months: 0, days: 14, milliseconds: 0 }],
    ["P1DT12H30M1.5S", { months: 0, days: 1, milliseconds: 45_001_500 }],
  ])("%s is years and months together, days, and time", (text, duration) =>
    expect(parseDuration(text)).toEqual(duration),
  );

  it.each(["", "P", "PT", "P0D", "PT0S", "-P1Y", "P-1Y", "1Y", "P1.5Y", "P1W2D", "P1YT", "P101Y", "p1y", "P1Y "])(
    "is not %j",
    (text) => expect(parseDuration(text)).toBeUndefined(),
  );
});

describe("by the calendar, in UTC,", () => {
  it.each([
    ["2024-02-29", "P1Y", "2025-02-28"],
    ["2024-02-29", "P4Y", "2028-02-29"],
    ["2026-01-31", "P1M", "2026-02-28"],
    ["2026-01-31T10:00:00.001Z", "P1M", "2026-02-28T10:00:00.001Z"],
    ["2026-01-31", "P1M1D", "2026-03-01"],
    ["2026-12-31", "P2M", "2027-02-28"],
    ["2026-03-28T12:00:00Z", "P2D", "2026-03-30T12:00:00Z"],
    ["2026-03-28T12:00:00Z", "PT48H", "2026-03-30T12:00:00Z"],
  ])("%s and %s is %s", (from, duration, to) => expect(plus(moment(from), of(duration))).toBe(moment(to)));

  it.each([
    ["2025-02-28", "P30D", "2025-01-29"],
    ["2026-03-31", "P1M", "2026-02-28"],
    ["2026-01-01", "PT1S", "2025-12-31T23:59:59Z"],
  ])("%s without %s is %s", (from, duration, to) => expect(minus(moment(from), of(duration))).toBe(moment(to)));

  it("ends with the last year that a time can have", () =>
    expect(plus(moment("9999-06-01"), of("P1Y"))).toBe("9999-12-31T23:59:59.999Z"));

  it.each([
    ["P30D", "P1Y", true],
    ["P12M", "P1Y", false],
    ["P27D", "P1M", true],
    ["P28D", "P1M", false],
    ["P1M", "P31D", false],
    ["P1M", "P32D", true],
    ["P1Y", "P366D", false],
    ["P1Y", "P367D", true],
    ["P2M", "P59D", false],
    ["P1D", "PT24H", false],
    ["PT23H59M", "P1D", true],
  ])("%s is shorter than %s: %s", (one, other, shorter) => expect(isShorter(of(one), of(other))).toBe(shorter));
});
