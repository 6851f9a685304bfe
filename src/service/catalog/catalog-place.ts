import type { LoadedCatalog } from "../../catalog/load.ts";

/** Where a catalog is published, and a service looks for it before what it came with. */
export type CatalogPlace = {
  /** For people. */
  name: string;
  /**
   * What is published now, or what is wrong with it; undefined where nothing is.
   * @throws PublicationFault where that cannot be told
   */
  published(): Promise<LoadedCatalog | undefined>;
  /** Puts a packed catalog there, whole or not at all, in place of what `published` has told last. @throws PublicationFault */
  publish(packed: string): Promise<void>;
  /** Takes away what is published, so that a service goes by its own content again. @throws PublicationFault */
  withdraw(): Promise<void>;
};
