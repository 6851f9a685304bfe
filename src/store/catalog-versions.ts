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

export const inOrderOfPublication = (a: PublishedVersion, b: PublishedVersion): number =>
  compareText(a.publishedAt, b.publishedAt) || compareText(a.version, b.version);
