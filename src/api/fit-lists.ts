import { jsonBytes, MAX_ANSWER_BYTES } from "../service/read/answer-size.ts";

/** What a learner sent is shown as it was sent, or not at all. */
const WHOLE = new Set(["completion_data", "answers"]);
/** `,"<list>_more":5000`, its quotation marks counted twice. */
const MORE_BYTES = 64;
const COMMA_BYTES = 1;

type Members = Record<string, unknown>;
/** A list in an answer. It is taken out of `holder`, and what fits is put back. */
type Place = {
  holder: Members;
  name: string;
  entries: readonly unknown[];
  /** Of the first entries, each with a comma; at least of those that could fit. */
  sizes: readonly number[];
  bytes: number;
};
/** What the first entries of lists come to, for answers that have lists in common. */
export type KnownSizes = Map<readonly unknown[], number[]>;

/**
 * An answer whose lists are cut where it would be larger than `most` bytes; `<list>_more` says how many entries each
 * lost. Short lists stay whole, and the long ones share what is left. The work grows with `most`, not with the lists.
 * @param known kept by whoever makes several answers: a list that is in all of them is measured once
 */
export function fitLists<T extends object>(
  answer: T,
  most: number = MAX_ANSWER_BYTES,
  known: KnownSizes = new Map(),
): T {
  const places: Place[] = [];
  const cut = withoutLists(answer as Members, places);
  let left = most - jsonBytes(cut);
  for (const place of places) measure(place, left, known);
  if (places.reduce((sum, { bytes }) => sum + bytes, 0) <= left) return answer;

  left -= places.length * MORE_BYTES;
  places.sort((a, b) => a.bytes - b.bytes);
  for (const [index, place] of places.entries()) left -= fill(place, left / (places.length - index));
  return cut as T;
}

/** A copy in which every list is empty. */
function withoutLists(members: Members, places: Place[]): Members {
  const copy: Members = {};
  for (const [name, value] of Object.entries(members)) {
    copy[name] = value;
    if (WHOLE.has(name) || typeof value !== "object" || value === null) continue;
    if (Array.isArray(value)) {
      places.push({ holder: copy, name, entries: value, sizes: [], bytes: 0 });
      copy[name] = [];
    } else copy[name] = withoutLists(value as Members, places);
  }
  return copy;
}

function measure(place: Place, most: number, known: KnownSizes): void {
  const sizes = known.get(place.entries) ?? [];
  known.set(place.entries, sizes);
  place.sizes = sizes;
  for (const [index, entry] of place.entries.entries()) {
    sizes[index] ??= jsonBytes(entry) + COMMA_BYTES;
    place.bytes += sizes[index] - (index === 0 ? COMMA_BYTES : 0);
    if (place.bytes > most) return;
  }
}

/** Puts back as many entries as come to no more than `most` bytes. @returns what they come to */
function fill({ holder, name, entries, sizes }: Place, most: number): number {
  let bytes = 0;
  let fitting = 0;
  for (const size of sizes) {
    if (bytes + size > most) break;
    bytes += size;
    fitting++;
  }
  holder[name] = entries.slice(0, fitting);
  const more = entries.length - fitting;
  // What was left out before is left out still.
  if (more > 0) holder[`${name}_more`] = Number(holder[`${name}_more`] ?? 0) + more;
  return bytes;
}
