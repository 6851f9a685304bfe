import type { Timestamp } from "./time.ts";

/** At that time a task, a score's component or a step (`key`) had this value: 0 to 100, or true for "done". */
export type Result = { key: string; at: Timestamp; value: number | true };

/** So many results a learner has of one kind in one module: an item holds 400 KB, and names are as long as clients like. */
export const MAX_RESULTS = 1_000;
/** So many names a module defines of one kind: of each a learner may have a first and a last result, and some to spare. */
export const MAX_DEFINED = 400;

const inOrder = (a: Result, b: Result): number => {
  if (a.key !== b.key) return a.key < b.key ? -1 : 1;
  if (a.at !== b.at) return a.at < b.at ? -1 : 1;
  return Number(b.value) - Number(a.value);
};

/**
 * What two lists of results say together, without what says nothing more: of each key it keeps every result that is
 * better than all before it, so that the moment when any bar was first passed can be told, and when it was last done.
 */
export function mergeResults(a: readonly Result[], b: readonly Result[]): Result[] {
  if (a.length + b.length < 2) return [...a, ...b];
  const kept: Result[] = [];
  const best = new Map<string, number>();
  const lastDone = new Map<string, Result>();
  for (const result of [...a, ...b].sort(inOrder)) {
    const stream = `${typeof result.value}#${result.key}`;
    if (result.value === true) lastDone.set(result.key, result);
    if (Number(result.value) <= (best.get(stream) ?? -1)) continue;
    best.set(stream, Number(result.value));
    kept.push(result);
  }
  const known = new Set(kept.map(encodeResult));
  return [...kept, ...[...lastDone.values()].filter((result) => !known.has(encodeResult(result)))].sort(inOrder);
}

/** As the element of a set: `2026-01-18T10:15:00.000Z#75#quiz-1`. */
export const encodeResult = ({ key, at, value }: Result): string => `${at}#${value}#${key}`;

/** Undefined for a text that is no result. */
export function decodeResult(text: string): Result | undefined {
  const [, at, value, key] = /^([^#]{24})#(true|\d+(?:\.\d+)?)#(.+)$/s.exec(text) ?? [];
  if (at === undefined || key === undefined) return undefined;
  return { key, at, value: value === "true" ? true : Number(value) };
}

/** When the results of a key first reached a value, if they did. */
export const firstReached = (
  results: readonly Result[] | undefined,
  key: string,
  least: number,
): Timestamp | undefined =>
  earliestOf(results, (result) => result.key === key && result.value !== true && result.value >= least);

/** When a key was first done, with whatever value, if it was. */
export const firstDone = (results: readonly Result[] | undefined, key: string): Timestamp | undefined =>
  earliestOf(results, (result) => result.key === key);

const earliestOf = (results: readonly Result[] | undefined, matches: (result: Result) => boolean) =>
  results
    ?.filter(matches)
    .reduce<Timestamp | undefined>((first, { at }) => (first === undefined || at < first ? at : first), undefined);

/** The best value of a key, if it has one. */
export const bestValue = (results: readonly Result[] | undefined, key: string): number | undefined =>
  results?.reduce<number | undefined>(
    (best, result) =>
      result.key === key && result.value !== true && result.value > (best ?? -1) ? result.value : best,
    undefined,
  );
