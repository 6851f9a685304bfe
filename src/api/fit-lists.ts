import { jsonBytes, MAX_ANSWER_BYTES } from "../service/read/answer-size.ts";

/** What a learner sent is shown as it was sent, or not at all. */
const WHOLE = new Set(["completion_data", "answers"]);
/** `,"<list>_more":5000`, its quotation marks counted twice. */
const MORE_BYTES = 64;

type Members = Record<string, unknown>;
/** A list in an answer; it is taken out of `holder`, and what fits is put back. */
type Place = { holder: Members; name: string; entries: readonly unknown[]; bytes: number };

/**
 * An answer whose lists are cut where it would be larger than `most` bytes; `<list>_more` says how many entries each
 * lost. Short lists stay whole, and the long ones share what is left.
 */
export function fitLists<T extends object>(answer: T, most: number = MAX_ANSWER_BYTES): T {
  if (jsonBytes(answer) <= most) return answer;
  const places: Place[] = [];
  const cut = withoutLists(answer as Members, places);
  let left = most - jsonBytes(cut) - places.length * MORE_BYTES;
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
      places.push({ holder: copy, name, entries: value, bytes: jsonBytes(value) });
      copy[name] = [];
    } else copy[name] = withoutLists(value as Members, places);
  }
  return copy;
}

/** Puts back as many entries as come to no more than `most` bytes. @returns what they come to */
function fill({ holder, name, entries }: Place, most: number): number {
  let bytes = 0;
  const tooMany = entries.findIndex((entry) => {
    const size = jsonBytes(entry) + ",".length;
    if (bytes + size > most) return true;
    bytes += size;
    return false;
  });
  if (tooMany < 0) {
    holder[name] = entries;
    return bytes;
  }
  holder[name] = entries.slice(0, tooMany);
  // What was left out before is left out still.
  holder[`${name}_more`] = Number(holder[`${name}_more`] ?? 0) + entries.length - tooMany;
  return bytes;
}
