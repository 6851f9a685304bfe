/**
 * A Lambda answers 6 MB at most, and its answer is a text within JSON, in which every quotation mark counts twice: of a
 * list of long entries, that is a page.
 */
const MAX_BYTES = 2.5 * 1024 * 1024;

/** So many of the first entries as one answer may hold, at least one. */
export function fitting<T>(entries: readonly T[]): readonly T[] {
  let bytes = 0;
  const tooMany = entries.findIndex((entry, index) => {
    bytes += Buffer.byteLength(JSON.stringify(entry));
    return index > 0 && bytes > MAX_BYTES;
  });
  return tooMany < 0 ? entries : entries.slice(0, tooMany);
}
