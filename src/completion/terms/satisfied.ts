import type { Definition, Entry } from "../../catalog/catalog.ts";
import type { Requirement } from "../../catalog/requirement.ts";
import type { Timestamp } from "../../model/time.ts";
import { type DoneAt, metAt } from "../rules/evaluate.ts";
import { type Period, periodsOf } from "./periods.ts";

/** From when an entry counts, and until when: a course in a pathway may expire. Half-open. */
export type Done = { from: Timestamp; until?: Timestamp | undefined };
/** When an entry counts in a window, in order of time; never, where the list is empty. */
export type DoneSpans = (entry: Entry) => readonly Done[];

/** Of an entry that never counts, and of all where none does: most of what a catalog has, most learners never touch. */
export const NEVER: readonly Done[] = [];
export const NONE_COUNTS = (): readonly Done[] => NEVER;

/** Each entry is asked about many times, and a course in a pathway is as much work as the course itself. */
export function askedOnce({ entries }: Definition, spans: DoneSpans): DoneSpans {
  const known = new Map<Entry, readonly Done[]>();
  for (const entry of entries) {
    const found = spans(entry);
    if (found.length > 0) known.set(entry, found);
  }
  return known.size === 0 ? NONE_COUNTS : (entry) => known.get(entry) ?? NEVER;
}

export const isDoneAt = (spans: readonly Done[], moment: Timestamp): boolean =>
  spans.some(({ from, until }) => from <= moment && (until === undefined || moment < until));

/**
 * The first moment at which what was done up to it meets what was in force at it. Nothing that counts in a window was
 * done before it, and so neither is the moment.
 */
export function firstSatisfied(definition: Definition, spans: DoneSpans, asOf: Timestamp): Timestamp | undefined {
  const periods = periodsOf(definition);
  // A requirement that asks for nothing is never met, and so none is.
  if (spans === NONE_COUNTS) return undefined;
  const mayEnd = definition.entries.some((entry) => entry.type === "course" && spans(entry).some(isEnding));
  const find = mayEnd ? whileItCounts(definition, spans) : forGood((entry) => spans(entry)[0]?.from);
  for (let index = 0; index < periods.length; index++) {
    const { start, requirement } = periods[index] as Period;
    if (start > asOf) break;
    const moment = find(requirement, start);
    const end = periods[index + 1]?.start;
    if (moment !== undefined && (end === undefined || end > asOf || moment < end)) return moment;
  }
  return undefined;
}

const isEnding = ({ until }: Done): boolean => until !== undefined;

type Find = (requirement: Requirement<Entry>, start: Timestamp) => Timestamp | undefined;

/** What is done stays done: the moment is that of the last part that was needed. */
const forGood =
  (doneAt: DoneAt<Entry>): Find =>
  (requirement, start) => {
    const time = metAt(requirement, doneAt);
    return time !== undefined && time < start ? start : time;
  };

/** What counts may end, so each moment at which something begins to count is tried. */
function whileItCounts({ entries }: Definition, spans: DoneSpans): Find {
  const begins = [...new Set(entries.flatMap((entry) => spans(entry).map(({ from }) => from)))].sort();
  return (requirement, start) => {
    const moments = [start, ...begins.filter((moment) => moment > start)];
    return moments.find(
      (moment) => metAt(requirement, (entry) => (isDoneAt(spans(entry), moment) ? moment : undefined)) !== undefined,
    );
  };
}
