import { millisecondsOf, type Timestamp, toTimestamp } from "./time.ts";

/** An ISO 8601 duration as it is added: years and months as one number of months, then days, then time. */
export type Duration = { months: number; days: number; milliseconds: number };

const FORM = /^P(?:(\d+)W|(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:[.,]\d{1,3})?)S)?)?)$/;
const MINUTE = 60_000;
/** A hundred years. */
const MOST_MS = 36_525 * 24 * 60 * MINUTE;

/** Undefined for a text that is none, for one that is nothing, and for more than a hundred years. */
export function parseDuration(text: string): Duration | undefined {
  const [whole, weeks, years, months, days, hours, minutes, seconds] = FORM.exec(text) ?? [];
  if (whole === undefined || whole.endsWith("T")) return undefined;
  const number = (part: string | undefined): number => Number(part?.replace(",", ".") ?? 0);
  const duration = {
    months: 12 * number(years) + number(months),
    days: 7 * number(weeks) + number(days),
    milliseconds: Math.round(60 * MINUTE * number(hours) + MINUTE * number(minutes) + 1_000 * number(seconds)),
  };
  const about = duration.months * 30.4375 * 24 * 60 * MINUTE + duration.days * 24 * 60 * MINUTE + duration.milliseconds;
  return about > 0 && about <= MOST_MS ? duration : undefined;
}

const LATEST = Date.parse("9999-12-31T23:59:59.999Z");
const EARLIEST = Date.parse("0000-01-01T00:00:00.000Z");

/** A moment and a duration together, by the calendar in UTC: a day that a month has not is its last. */
export const plus = (moment: Timestamp, duration: Duration): Timestamp => moved(moment, duration, 1);
/** A moment without a duration. */
export const minus = (moment: Timestamp, duration: Duration): Timestamp => moved(moment, duration, -1);

function moved(moment: Timestamp, { months, days, milliseconds }: Duration, direction: 1 | -1): Timestamp {
  const date = new Date(millisecondsOf(moment));
  const day = date.getUTCDate();
  date.setUTCDate(1);
  date.setUTCMonth(date.getUTCMonth() + direction * months);
  date.setUTCDate(Math.min(day, daysIn(date)));
  date.setUTCDate(date.getUTCDate() + direction * days);
  const time = date.getTime() + direction * milliseconds;
  return toTimestamp(Math.min(Math.max(time, EARLIEST), LATEST));
}

function daysIn(month: Date): number {
  const last = new Date(month);
  last.setUTCMonth(last.getUTCMonth() + 1, 0);
  return last.getUTCDate();
}

const DAY = 24 * 60 * MINUTE;
const FOUR_YEARS_OF_DAYS = 1_461;

/** The shortest and the longest that a duration may be: a month has 28 days or up to 31. */
const boundsOf = ({ months, days, milliseconds }: Duration): [number, number] => [
  (28 * months + days) * DAY + milliseconds,
  (31 * months + days) * DAY + milliseconds,
];

/** Whether one duration is shorter than another from whatever day it is counted: a month may have 28 days or 31. */
export function isShorter(one: Duration, other: Duration): boolean {
  const [[shortest, longest], [otherShortest, otherLongest]] = [boundsOf(one), boundsOf(other)];
  if (longest < otherShortest) return true;
  if (shortest >= otherLongest) return false;
  const first = Date.UTC(2024, 0, 1);
  for (let day = 0; day < FOUR_YEARS_OF_DAYS; day++) {
    const moment = toTimestamp(first + day * DAY);
    if (plus(moment, one) >= plus(moment, other)) return false;
  }
  return true;
}
