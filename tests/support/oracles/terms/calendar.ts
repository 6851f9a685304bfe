/** Before every moment, and before every other: what was always so. */
export const ALWAYS = "";
/** After every moment. */
export const NEVER = "~";

const DURATION = /^P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/;

/** A moment so much later, by the calendar in UTC; with a sign of -1, earlier. */
export function plus(moment: string, duration: string, sign: 1 | -1 = 1): string {
  const found = DURATION.exec(duration);
  if (!found) throw new Error(`${duration} is no duration`);
  const [years, months, weeks, days, hours, minutes, seconds] = found.slice(1).map((text) => sign * Number(text ?? 0));
  const date = new Date(moment);
  const day = date.getUTCDate();
  // On the first there is such a day in every month.
  date.setUTCDate(1);
  date.setUTCMonth(date.getUTCMonth() + 12 * (years as number) + (months as number));
  const lastDay = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
  date.setUTCDate(Math.min(day, lastDay));
  const inDays = 7 * (weeks as number) + (days as number);
  const inSeconds = ((inDays * 24 + (hours as number)) * 60 + (minutes as number)) * 60 + (seconds as number);
  return new Date(date.getTime() + inSeconds * 1_000).toISOString();
}

/** A moment as content says it: a day begins at midnight in UTC. */
export const momentOf = (text: string): string => new Date(text).toISOString();

export const isWithin = (moment: string, since: string, until: string): boolean => since <= moment && moment <= until;

export const later = (a: string, b: string): string => (a < b ? b : a);
export const earlier = (a: string, b: string): string => (a < b ? a : b);
