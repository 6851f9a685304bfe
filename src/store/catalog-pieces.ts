import { gunzipSync, gzipSync } from "node:zlib";

/** What an item of DynamoDB holds, with room for its keys. */
const PIECE_LENGTH = 350_000;

/** A text in pieces that each fit into an item, compressed: content says the same words over and over. */
export function piecesOf(text: string): string[] {
  const packed = gzipSync(text).toString("base64");
  return Array.from({ length: Math.ceil(packed.length / PIECE_LENGTH) }, (_, index) =>
    packed.slice(index * PIECE_LENGTH, (index + 1) * PIECE_LENGTH),
  );
}

/** The text of all its pieces, in their order. */
export const textOfPieces = (pieces: readonly unknown[]): string =>
  gunzipSync(Buffer.from(pieces.map(String).join(""), "base64")).toString();
