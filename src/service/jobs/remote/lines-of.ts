import type { Bucket, ByteRange } from "../../../aws/bucket.ts";

/** A line, where it begins in its object, and where the next one does. */
export type Line = { text: string; at: number; next: number };

type Source = { key: string; bytes: number };

/** So much is in memory at a time. */
const CHUNK_BYTES = 4 * 1024 * 1024;
const NEWLINE = 10;

/** The lines of an object that begin in a part of it, so that the parts of an object have each of its lines once. */
export async function* linesOf(
  bucket: Pick<Bucket, "bytes">,
  { key, bytes }: Source,
  { from, to }: ByteRange,
  chunkBytes = CHUNK_BYTES,
): AsyncGenerator<Line> {
  // Whether a line begins at `from` is seen by what is before it.
  let at = Math.max(0, from - 1);
  let isWhole = from === 0;
  let held = Buffer.alloc(0);
  for (let read = at; read < bytes; read += chunkBytes) {
    const chunk = await bucket.bytes(key, { from: read, to: Math.min(bytes, read + chunkBytes) });
    held = Buffer.concat([held, chunk]);
    for (let end = held.indexOf(NEWLINE); end >= 0; end = held.indexOf(NEWLINE)) {
      if (isWhole && at >= to) return;
      const next = at + end + 1;
      if (isWhole) yield { text: held.toString("utf8", 0, end), at, next };
      isWhole = true;
      held = held.subarray(end + 1);
      at = next;
    }
  }
  if (isWhole && held.length > 0 && at < to) yield { text: held.toString("utf8"), at, next: bytes };
}
