/** A Lambda answers at most 6 MB, headers and the JSON around the body with it. */
export const MAX_ANSWER_BYTES = 6 * 1024 * 1024 - 64 * 1024;
/** What a page's entries may come to. Entries are measured before they have their names on the wire, which may be longer. */
const MAX_ENTRIES_BYTES = 5 * 1024 * 1024;

/** What a part of an answer comes to: a Lambda hands on bytes as base64, and a text as a text within JSON. */
export const carriedBytes = (part: string | Uint8Array): number =>
  typeof part === "string" ? Buffer.byteLength(JSON.stringify(part)) : Math.ceil(part.length / 3) * 4;

/** What a value comes to as a part of a JSON answer that is sent as text. */
export const jsonBytes = (value: unknown): number => carriedBytes(JSON.stringify(value)) - '""'.length;

/** So many of the first entries of a list as one answer may hold, at least one. */
export function fitting<T>(entries: readonly T[]): readonly T[] {
  let bytes = 0;
  const tooMany = entries.findIndex((entry, index) => {
    bytes += jsonBytes(entry);
    return index > 0 && bytes > MAX_ENTRIES_BYTES;
  });
  return tooMany < 0 ? entries : entries.slice(0, tooMany);
}
