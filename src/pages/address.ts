/**
 * The words of an address behind its #, between slashes.
 * @throws Error for the reader, where an escape (%…) of it is broken, as by a link that was cut short
 */
export function wordsOf(path: string): string[] {
  try {
    return path.split("/").map(decodeURIComponent);
  } catch {
    throw new Error("This address is cut short or was mistyped. Follow the link again, or go on by the links above.");
  }
}
