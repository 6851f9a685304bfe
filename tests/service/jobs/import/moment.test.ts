import { describe, expect, it } from "vitest";
import { momentReader } from "../../../../src/service/jobs/import/moment.ts";

const berlin = { time_zone: "Europe/Berlin" };

describe("a time is read as", () => {
  it.each([
    ["ISO with an offset", {}, "2026-01-18T10:15:00+01:00", "2026-01-18T09:15:00.000Z"],
    ["ISO with a space, in UTC", {}, "2026-01-18 10:15:00.123456", "2026-01-18T10:15:00.123Z"],
    ["ISO with neither zone nor time of day, in the zone", berlin, "2026-01-18", "2026-01-17T23:00:00.000Z"],
    ["an offset that goes before the zone", berlin, "2026-01-18T10:15:00Z", "2026-01-18T10:15:00.000Z"],
    ["seconds", { format: "unix" }, "1768731300", "2026-01-18T10:15:00.000Z"],
    ["milliseconds", { format: "unix_ms" }, "1768731300500", "2026-01-18T10:15:00.500Z"],
    ["German numbers", { ...berlin, format: "dd.MM.yyyy HH:mm" }, "18.01.2026 10:15", "2026-01-18T09:15:00.000Z"],
    ["two digits of a year", { format: "dd/MM/yy, HH:mm" }, "18/01/26, 10:15", "2026-01-18T10:15:00.000Z"],
    [
      "German names",
      { ...berlin, locale: "de", format: "cccc, d. LLLL yyyy, HH:mm" },
      "Sonntag, 18. Januar 2026, 10:15",
      "2026-01-18T09:15:00.000Z",
    ],
    [
      "English names, with a narrow space",
      { format: "cccc, d LLLL yyyy, h:mm a" },
      "Sunday, 18 January 2026, 10:15\u202fAM",
      "2026-01-18T10:15:00.000Z",
    ],
    ["French names", { locale: "fr", format: "d LLLL yyyy" }, "3 février 2026", "2026-02-03T00:00:00.000Z"],
    ["the first format that fits", { format: ["iso", "d.M.yyyy"] }, "8.1.2026", "2026-01-08T00:00:00.000Z"],
    ["one that was skipped in spring, an hour later", berlin, "2026-03-29 02:30", "2026-03-29T01:30:00.000Z"],
    ["one that was there twice in autumn, the first", berlin, "2026-10-25 02:30", "2026-10-25T00:30:00.000Z"],
    ["the hour before the one that was there twice", berlin, "2026-10-25 01:59", "2026-10-24T23:59:00.000Z"],
    ["the hour after it", berlin, "2026-10-25 03:00", "2026-10-25T02:00:00.000Z"],
    ["a leap day", {}, "2024-02-29", "2024-02-29T00:00:00.000Z"],
  ])("%s", (_, moment, text, expected) => {
    expect(momentReader(moment)(text)).toBe(expected);
  });
});

it.each([
  ["a day that is not there", {}, "2026-02-29"],
  ["another order", { format: "dd.MM.yyyy" }, "2026-01-18"],
  ["a word", { format: "unix" }, "yesterday"],
  ["a year of five digits", {}, "+012026-01-18T00:00:00Z"],
  ["nothing like a time", {}, "n/a"],
])("%s is no time", (_, moment, text) => {
  expect(momentReader(moment)(text)).toBeUndefined();
});

it.each([
  ["a zone that nobody knows", { time_zone: "Europe/Bonn" }, /time zone Europe\/Bonn is not known.*Europe\/Berlin/],
  ["a language that nobody knows", { locale: "xx-klingon!" }, /locale xx-klingon! is not known/],
  ["tokens of another library", { format: "DD.MM.YYYY" }, /format DD\.MM\.YYYY cannot be used: Y stands for nothing/],
  ["a format without a year", { format: "dd.MM. HH:mm" }, /does not tell the day, the month and the year/],
  ["a format without a day", { format: "MM/yyyy" }, /does not tell/],
])("%s is refused at once", (_, moment, message) => {
  expect(() => momentReader(moment)).toThrow(message);
});

it("what a moment does not say, the defaults say", () => {
  const read = momentReader({ format: "d. LLLL yyyy HH:mm" }, { ...berlin, locale: "de", format: "iso" });
  expect(read("18. Mai 2026 10:15")).toBe("2026-05-18T08:15:00.000Z");
});
