import type { Catalog } from "../catalog/catalog.ts";
import type { EntityRef } from "../model/entity.ts";
import type { Environment } from "../process/environment.ts";
import type { Clock } from "../service/catalog/await-taken.ts";
import type { CatalogPlace } from "../service/catalog/catalog-place.ts";
import type { LiveCatalog } from "../service/catalog/live-catalog.ts";
import type { OpenStore } from "../store/open-store.ts";
import type { BackfillArguments } from "./backfill-command.ts";
import type { PublishArguments } from "./publish-choices.ts";

/** What the command stands on; tests give their own. */
export type PublishSurroundings = { environment: Environment; print: (line: string) => void; clock: Clock };

/** One run of the command. */
export type Publication = PublishSurroundings & {
  given: PublishArguments;
  place: CatalogPlace;
  opened: OpenStore;
  /** Aborted by Ctrl-C, and where another run takes the table over. */
  stop: AbortController;
  /** Gives the table back, which is this command's until then. */
  release: () => Promise<void>;
};

/** A release that has been looked at: what is live, what is next, and whom that concerns; undefined for everybody. */
export type Release = { live: LiveCatalog | undefined; next: Catalog; entities: readonly EntityRef[] | undefined };

/**
 * What the backfill of a release is asked to do. It goes where the release goes, but for the dry run: that is by a catalog
 * which nobody has yet, and what it counts beside its files is for this command alone.
 */
export const backfillArguments = (
  given: PublishArguments,
  { entities }: Release,
  dryRun: boolean,
): BackfillArguments => ({
  on: dryRun ? "here" : given.on,
  dryRun,
  entities,
  batchSize: 50,
  skipSynced: false,
  concurrency: 32,
  revoke: true,
  outputDir: given.outputDir,
  force: given.force,
  verbose: false,
  ...(given.maxRcu !== undefined && { maxRcu: given.maxRcu }),
  ...(given.maxWcu !== undefined && { maxWcu: given.maxWcu }),
});
