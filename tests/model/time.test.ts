import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { earliest, isTimestamp, TimestampInput } from "../../src/model/time.ts";
import { holds } from "../support/vitest/property.ts";
import { RUNS } from "../support/vitest/runs.ts";

describe("a time as clients send it", () => {
  it.each([
    ["without milliseconds", "2026-01-18T10:15:00Z", "2026-01-18T10:15:00.000Z"],
    ["with milliseconds", "2026-01-18T10:15:00.500Z", "2026-01-18T10:15:00.500Z"],
    ["with tenths", "2026-01-18T10:15:00.5Z", "2026-01-18T10:15:00.500Z"],
    ["with nanoseconds, which are cut and not rounded", "2026-01-18T10:15:00.123999999Z", "2026-01-18T10:15:00.123Z"],
    ["with nines that must not become the next second", "2026-01-18T23:59:59.9999Z", "2026-01-18T23:59:59.999Z"],
    ["with an offset to the east", "2026-01-18T10:15:00+02:00", "2026-01-18T08:15:00.000Z"],
    ["with an offset to the west", "2026-01-18T10:15:00-05:30", "2026-01-18T15:45:00.000Z"],
    ["with an offset of nothing", "2026-01-18T10:15:00+00:00", "2026-01-18T10:15:00.000Z"],
    ["with an offset that changes the day", "2026-01-01T00:30:00+01:00", "2025-12-31T23:30:00.000Z"],
    ["with an offset and nanoseconds", "2026-01-18T10:15:00.000000001+02:00", "2026-01-18T08:15:00.000Z"],
    ["on a leap day", "2024-02-29T00:00:00Z", "2024-02-29T00:00:00.000Z"],
    ["on the leap day of a century that has one", "2000-02-29T00:00:00Z", "2000-02-29T00:00:00.000Z"],
    ["at the first moment there is", "0000-01-01T00:00:00Z", "0000-01-01T00:00:00.000Z"],
    ["at the last moment there is", "9999-12-31T23:59:59.999Z", "9999-12-31T23:59:59.999Z"],
  ])("%s becomes UTC with milliseconds", (_, sent, normalised) => {
    expect(TimestampInput.parse(sent)).toBe(normalised);
  });

  it.each([
    ["29 February in a common year", "2026-02-29T00:00:00Z"],
    ["29 February in a century without it", "1900-02-29T00:00:00Z"],
    ["30 February", "2024-02-30T00:00:00Z"],
    ["31 April", "2026-04-31T00:00:00Z"],
    ["month 13", "2026-13-01T00:00:00Z"],
    ["day zero", "2026-01-00T00:00:00Z"],
    ["hour 24", "2026-01-18T24:00:00Z"],
    ["minute 60", "2026-01-18T10:60:00Z"],
    ["second 60", "2026-12-31T23:59:60Z"],
    ["an offset of 24 hours", "2026-01-18T10:15:00+24:00"],
    ["no zone", "2026-01-18T10:15:00"],
    ["a date alone", "2026-01-18"],
    ["a year before 0000 in UTC", "0000-01-01T00:00:00+01:00"],
    ["a year after 9999 in UTC", "9999-12-31T23:59:59-01:00"],
    ["a signed year", "+002026-01-18T10:15:00Z"],
    ["a date in words", "Sun, 18 Jan 2026 10:15:00 GMT"],
    ["text around it", " 2026-01-18T10:15:00Z"],
    ["a line break after it", "2026-01-18T10:15:00Z\n"],
    ["an empty text", ""],
    ["milliseconds since 1970", 1_768_731_300_000],
    ["null", null],
    ["a list", ["2026-01-18T10:15:00Z"]],
  ])("is refused: %s", (_, sent) => expect(TimestampInput.safeParse(sent).success).toBe(false));

  it("gives texts that sort as the moments do", () => {
    const sent = ["2026-01-18T10:00:00.500Z", "2026-01-18T10:00:00Z", "2026-01-18T11:00:00.25+01:00"];
    expect(sent.map((text) => TimestampInput.parse(text)).sort()).toEqual([
      "2026-01-18T10:00:00.000Z",
      "2026-01-18T10:00:00.250Z",
      "2026-01-18T10:00:00.500Z",
    ]);
  });

  it("stays as it is when it is normalised again", async () => {
    const moment = fc.date({
      min: new Date("0000-01-01T00:00:00Z"),
      max: new Date("9999-12-31T23:59:59.999Z"),
      noInvalidDate: true,
    });
    await holds(
      fc.property(moment, (date) => {
        expect(TimestampInput.parse(date.toISOString())).toBe(date.toISOString());
        expect(isTimestamp(date.toISOString())).toBe(true);
      }),
      RUNS.pure,
    );
  });

  it("is accepted or refused, whatever digits it has, and never throws", async () => {
    const digits = fc.stringMatching(
      /^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,12})?(Z|[+-][0-9]{2}:[0-9]{2})$/,
    );
    await holds(
      fc.property(digits, (text) => {
        const { data } = TimestampInput.safeParse(text);
        expect(data === undefined || isTimestamp(data)).toBe(true);
      }),
      RUNS.pure,
    );
  });
});

describe("a stored time", () => {
  it.each([
    ["our own form", "2026-01-18T10:15:00.000Z", true],
    ["no milliseconds", "2026-01-18T10:15:00Z", false],
    ["an offset", "2026-01-18T10:15:00.000+00:00", false],
    ["a date that does not exist", "2026-02-30T10:15:00.000Z", false],
    ["an hour that does not exist", "2026-01-18T25:15:00.000Z", false],
    ["a number", 0, false],
    ["nothing", undefined, false],
  ])("in %s is a timestamp: %s → %s", (_, value, is) => expect(isTimestamp(value)).toBe(is));
});

it.each([
  ["the first", "2026-01-18T10:00:00.000Z", "2026-01-18T10:00:00.001Z", "2026-01-18T10:00:00.000Z"],
  ["the second", "2026-01-18T10:00:00.001Z", "2026-01-18T10:00:00.000Z", "2026-01-18T10:00:00.000Z"],
  ["the only one, first", "2026-01-18T10:00:00.000Z", undefined, "2026-01-18T10:00:00.000Z"],
  ["the only one, second", undefined, "2026-01-18T10:00:00.000Z", "2026-01-18T10:00:00.000Z"],
  ["none", undefined, undefined, undefined],
])("the earliest of two is %s", (_, a, b, result) => expect(earliest(a, b)).toBe(result));
