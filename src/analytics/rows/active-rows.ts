import { factAttempt, factReview, factSession } from "../tables/history-tables.ts";
import { factActiveMonth, factActiveWeek, factCompletion, factModuleProgress } from "../tables/learner-tables.ts";
import type { RowSet } from "./row-set.ts";

const DAY_MS = 86_400_000;
const MONTHS_OF_YEAR = 12;
const MIDNIGHT = "T00:00:00.000Z";
/** How much of a time is its day, and its month. */
const [DAY, MONTH] = ["2026-01-18".length, "2026-01".length];

/**
 * The weeks and months in which a learner did something: those of the moments that the view `activity` lists, each once.
 * To find them among the moments of a million learners takes a query many seconds; here they are few.
 */
export function addActivePeriods(rows: RowSet, learner: string): void {
  const days = new Set(momentsIn(rows).map((at) => at.slice(0, DAY)));
  for (const week of new Set([...days].map(mondayOf))) rows.add(factActiveWeek, { learner, week: week + MIDNIGHT });
  const months = [...new Set([...days].map((day) => day.slice(0, MONTH)))].sort();
  const [first] = months;
  if (first === undefined) return;
  for (const month of months)
    rows.add(factActiveMonth, {
      learner,
      month: `${month}-01${MIDNIGHT}`,
      first_month: `${first}-01${MIDNIGHT}`,
      months_later: monthNumber(month) - monthNumber(first),
    });
}

const monthNumber = (month: string): number => {
  const [year, number] = month.split("-").map(Number) as [number, number];
  return year * MONTHS_OF_YEAR + number;
};

function momentsIn(rows: RowSet): string[] {
  const moments = [
    ...rows.of(factAttempt).map((row) => (row.is_void ? null : row.occurred_at)),
    ...rows.of(factSession).map((row) => row.started_at),
    ...rows.of(factReview).map((row) => row.reviewed_at),
    ...rows.of(factModuleProgress).flatMap((row) => [row.started_at, row.is_waived ? null : row.completed_at]),
    ...rows.of(factCompletion).flatMap((row) => [row.enrolled_at, row.started_at]),
  ];
  // What an earlier release kept may lack its time, whatever its column promises.
  return moments.filter((at) => typeof at === "string");
}

// All learners have their moments on the same few thousand days.
const mondays = new Map<string, string>();

/** The Monday on or before a day. */
function mondayOf(day: string): string {
  const known = mondays.get(day);
  if (known !== undefined) return known;
  const at = Date.parse(day + MIDNIGHT);
  const monday = new Date(at - ((new Date(at).getUTCDay() + 6) % 7) * DAY_MS).toISOString().slice(0, DAY);
  mondays.set(day, monday);
  return monday;
}
