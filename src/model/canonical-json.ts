import { createHash } from "node:crypto";

const sortKeys = (_key: string, value: unknown): unknown =>
  typeof value === "object" && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
    : value;

/** JSON text in which equal values give equal text, whatever the order of their keys. */
export const canonicalJson = (value: unknown): string => JSON.stringify(value, sortKeys);

/** SHA-256 of a value's canonical JSON, as `length` hexadecimal digits. */
export const contentHash = (value: unknown, length = 64): string =>
  createHash("sha256").update(canonicalJson(value)).digest("hex").slice(0, length);

/**
 * The content hash of a list of lists, of which each item is given as its canonical JSON. It is fed list by list, so that
 * a large catalog never stands in memory as one text.
 */
export function hashOfLists(lists: readonly (readonly string[])[], length = 64): string {
  const hash = createHash("sha256");
  for (const [index, items] of lists.entries()) hash.update(`${index === 0 ? "[" : ","}[${items.join(",")}]`);
  return hash.update("]").digest("hex").slice(0, length);
}
