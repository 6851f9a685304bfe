import { gunzipSync, gzipSync } from "node:zlib";
import { compareText } from "../model/text.ts";
import type { Timestamp } from "../model/time.ts";

/** A version of the catalog that was once published, and when a service first ran by it. */
export type PublishedVersion = { version: string; publishedAt: Timestamp };

/** Every catalog that a service ever ran by. Every method throws AppError STORE_UNAVAILABLE when the store fails. */
export type CatalogVersions = {
  /** Keeps a version, once however often it is kept. Costs one point read where it is kept already. */
  keepCatalog(published: PublishedVersion, textOf: () => string): Promise<void>;
  /** Every version that is kept, oldest first. */
  catalogVersions(): Promise<PublishedVersion[]>;
  /** The text that was kept with a version; undefined where there is none. */
  catalogText(version: string): Promise<string | undefined>;
};

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

export const inOrderOfPublication = (a: PublishedVersion, b: PublishedVersion): number =>
  compareText(a.publishedAt, b.publishedAt) || compareText(a.version, b.version);
