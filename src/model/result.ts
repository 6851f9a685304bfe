import type { Source } from "./source.ts";
import { compareText } from "./text.ts";
import type { Timestamp } from "./time.ts";

/**
 * At that time a task, a score's component or a step (`key`) had this value: 0 to 100, or true for "done". `source` is the
 * event that said so; results of earlier releases have none.
 */
export type Result = { key: string; at: Timestamp; value: number | true; source?: Source };

/** So many results a learner has of one kind in one module: an item holds 400 KB, and names are as long as clients like. */
export const MAX_RESULTS = 1_000;
/** So many names a module defines of one kind: of each a learner may have a first and a last result, and some to spare. */
export const MAX_DEFINED = 400;

const inOrder = (a: Result, b: Result): number => {
  if (a.key !== b.key) return a.key < b.key ? -1 : 1;
  if (a.at !== b.at) return a.at < b.at ? -1 : 1;
  if (a.value !== b.value) return Number(b.value) - Number(a.value);
  return compareText(a.source ?? "", b.source ?? "");
};

/** So many results of one kind are kept of a module whatever they say. */
const KEPT = 300;
/** Of more, so many of each key: as many as leave room. */
const KEPT_OF_A_KEY = [50, 20, 5, 1];

/**
 * What two lists of results say together, equal ones once. All are kept, because a term may begin between any two of
 * them, and any may be voided. Of more than 300, those go first that are no better than one before them; of each key the
 * newest stay, and each result that is better than all before it, so that the moment when any bar was first passed can
 * be told.
 */
export function mergeResults(a: readonly Result[], b: readonly Result[]): Result[] {
  if (a.length + b.length < 2) return [...a, ...b];
  const all = [...new Map([...a, ...b].map((result) => [encodeResult(result), result])).values()].sort(inOrder);
  if (all.length <= KEPT) return all;
  let kept = all;
  for (const newest of KEPT_OF_A_KEY) {
    kept = thinned(all, newest);
    if (kept.length <= KEPT) break;
  }
  return kept;
}

function thinned(all: readonly Result[], newest: number): Result[] {
  const best = new Map<string, number>();
  const left = new Map<string, number>();
  for (const { key } of all) left.set(key, (left.get(key) ?? 0) + 1);
  return all.filter(({ key, value }) => {
    const behind = (left.get(key) ?? 0) - 1;
    left.set(key, behind);
    const stream = `${typeof value}#${key}`;
    const isBetter = Number(value) > (best.get(stream) ?? -1);
    if (isBetter) best.set(stream, Number(value));
    return isBetter || behind < newest;
  });
}

/** As the element of a set: `2026-01-18T10:15:00.000Z#75~k3Jd92Lx_-aB#quiz-1`. */
export const encodeResult = ({ key, at, value, source }: Result): string =>
  source === undefined ? `${at}#${value}#${key}` : `${at}#${value}~${source}#${key}`;

/** Undefined for a text that is no result. */
export function decodeResult(text: string): Result | undefined {
  const [, at, value, source, key] = /^([^#]{24})#(true|\d+(?:\.\d+)?)(?:~([\w-]{12}))?#(.+)$/s.exec(text) ?? [];
  if (at === undefined || key === undefined) return undefined;
  const result = { key, at, value: value === "true" ? (true as const) : Number(value) };
  return source === undefined ? result : { ...result, source };
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
