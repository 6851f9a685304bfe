import { DateTime, IANAZone, type Zone } from "luxon";
import { isTimestamp, MINUTE_MS, type Timestamp, toTimestamp } from "../../../model/time.ts";
import { ImportFault } from "./fault.ts";
import type { Mapping, Moment } from "./mapping.ts";

/** Undefined for a text that is no such time. */
export type ReadMoment = (text: string) => Timestamp | undefined;

type How = Pick<Moment, "format" | "time_zone" | "locale">;

/**
 * Reads times as a file has them. A time without a zone is that of a clock on the wall in `time_zone`. Where a clock is
 * put forward, a time that was skipped counts as if it had not been put forward; where it is put back, a time that was
 * there twice is the first of the two.
 * @throws ImportFault for a zone, a language or a format that nobody can read by
 */
export function momentReader(moment: How, defaults: Mapping["defaults"] = {}): ReadMoment {
  const name = moment.time_zone ?? defaults.time_zone ?? "UTC";
  const locale = moment.locale ?? defaults.locale ?? "en";
  if (!IANAZone.isValidZone(name))
    throw new ImportFault(`The time zone ${name} is not known. Expected an IANA name, such as Europe/Berlin or UTC.`);
  if (!isLocale(locale)) throw new ImportFault(`The locale ${locale} is not known. Expected one such as de or en-GB.`);
  const zone = new KeepingZone(name);
  const readers = [moment.format ?? defaults.format ?? "iso"]
    .flat()
    .map((format) => readerOf(format, { zone, locale }));
  return (text) => {
    for (const read of readers) {
      const found = firstOfTwo(read(text.replace(/[\u00a0\u202f]/g, " ")));
      if (found !== undefined) return found;
    }
    return undefined;
  };
}

const QUARTER_MS = 15 * MINUTE_MS;
const MAX_KEPT = 10_000;

/** Clocks are changed at a quarter of an hour, and to work out how they stand takes longer than all else that is read of a row. */
class KeepingZone extends IANAZone {
  readonly #offsets = new Map<number, number>();

  override offset(milliseconds: number): number {
    const quarter = Math.floor(milliseconds / QUARTER_MS);
    const known = this.#offsets.get(quarter);
    if (known !== undefined) return known;
    const offset = super.offset(milliseconds);
    if (this.#offsets.size >= MAX_KEPT) this.#offsets.clear();
    this.#offsets.set(quarter, offset);
    return offset;
  }
}

type Place = { zone: Zone; locale: string };
type Read = (text: string) => DateTime;

function readerOf(format: string, place: Place): Read {
  if (format === "iso") return (text) => isoOf(text, place);
  if (format === "unix") return (text) => numberOf(text, (seconds) => DateTime.fromSeconds(seconds));
  if (format === "unix_ms") return (text) => numberOf(text, (milliseconds) => DateTime.fromMillis(milliseconds));
  checkFormat(format, place);
  const parser = DateTime.buildFormatParser(format, { locale: place.locale });
  return (text) => DateTime.fromFormatParser(text, parser, place);
}

/** With a T or a space between day and time. */
function isoOf(text: string, { zone }: Place): DateTime {
  const read = DateTime.fromISO(text, { zone });
  return read.isValid ? read : DateTime.fromSQL(text, { zone });
}

const numberOf = (text: string, read: (number: number) => DateTime): DateTime =>
  /^-?\d{1,15}(\.\d+)?$/.test(text) ? read(Number(text)) : DateTime.invalid("no number");

function firstOfTwo(read: DateTime): Timestamp | undefined {
  if (!read.isValid) return undefined;
  const [first = read] = read.getPossibleOffsets().sort((a, b) => a.toMillis() - b.toMillis());
  const timestamp = toTimestamp(first.toMillis());
  return isTimestamp(timestamp) ? timestamp : undefined;
}

function isLocale(locale: string): boolean {
  try {
    return Intl.DateTimeFormat.supportedLocalesOf(locale).length > 0;
  } catch {
    return false;
  }
}

/** Letters that stand for nothing, outside of quotes. */
const UNKNOWN_LETTER = /[^\P{L}SusmhHZzadEcMLyGkWoqXxDtTfFn]/u;

/** Two days that no format mistakes for each other. */
const SAMPLES = ["1999-03-04T05:06:07Z", "2021-12-27T18:19:20Z"];

/** A format must give back the day that it wrote. */
function checkFormat(format: string, { zone, locale }: Place): void {
  const letter = UNKNOWN_LETTER.exec(format.replace(/'[^']*'/g, ""))?.[0];
  const unusable = (why: string) =>
    new ImportFault(
      `The format ${format} cannot be used: ${why}. It has Luxon's tokens: yyyy-MM-dd HH:mm:ss, LLLL for the month's name, cccc for the day's, 'quotes' around text.`,
    );
  if (letter !== undefined) throw unusable(`${letter} stands for nothing`);
  for (const sample of SAMPLES) {
    const written = DateTime.fromISO(sample, { zone, locale });
    const read = DateTime.fromFormat(written.toFormat(format).replace(/[\u00a0\u202f]/g, " "), format, {
      zone,
      locale,
    });
    if (!read.isValid || read.toISODate() !== written.toISODate())
      throw unusable("it does not tell the day, the month and the year");
  }
}
