import { setTimeout as sleep } from "node:timers/promises";
import type { Catalog } from "../catalog/catalog.ts";
import { type CatalogComparison, compareCatalogs } from "../catalog/compare-catalogs.ts";
import { toTimestamp } from "../model/time.ts";
import { readEnvironment } from "../process/environment.ts";
import { PublicationFault } from "../service/catalog/publication-fault.ts";
import { leaseForCommand } from "./command.ts";
import { placeOfJobs } from "./jobs-on-aws.ts";
import { lookAtRelease } from "./look-at-release.ts";
import { nameOfRun } from "./name-of-run.ts";
import { openStore } from "./open-store.ts";
import { lineOf, printFaults } from "./print-faults.ts";
import type { Publication, PublishSurroundings, Release } from "./publication.ts";
import { contentFor, type PublishArguments, placeFor } from "./publish-choices.ts";
import { differenceLines } from "./publish-text.ts";
import { putInPlace } from "./put-in-place.ts";
import { cannotOpen, StartError } from "./start-error.ts";
import { tryOutRelease } from "./try-out-release.ts";

const onThisMachine = (): PublishSurroundings => ({
  environment: readEnvironment(),
  print: (line) => console.log(line),
  clock: { now: Date.now, sleep },
});

/**
 * Publishes content, or a version of before, for an operator: shows what differs and what becomes of learners, puts it
 * where the service looks, waits for the service, and settles the flags that it concerns.
 * @returns the exit code: 1 for faulty content, for a release that would end too many completions, and for a learner who failed
 * @throws StartError
 */
export async function runPublishCommand(given: PublishArguments, around = onThisMachine()): Promise<number> {
  const { environment } = around;
  const place = placeFor(given, environment);
  if (given.on === "aws" && given.backfill && !given.dryRun) placeOfJobs(environment);
  const content = contentFor(given, environment);
  if (content?.ok === false) {
    printFaults(environment.contentDir, content.faults);
    return 1;
  }
  for (const warning of content?.warnings ?? []) console.error(`warning: ${lineOf(warning)}`);
  const opened = await openStore(environment, { mustExist: given.dryRun }).catch(cannotOpen);
  try {
    const publication = { given, ...around, place, opened, stop: new AbortController(), release: async () => {} };
    return await publish(publication, content?.catalog);
  } catch (error) {
    throw error instanceof PublicationFault ? new StartError(error.message) : error;
  } finally {
    await opened.close();
  }
}

async function publish(publication: Publication, content: Catalog | undefined): Promise<number> {
  const { given, opened, stop, clock } = publication;
  await opened.connect("page").scanner().approximateItemCount().catch(cannotOpen);
  publication.print(`store    ${opened.description}`);
  // Whoever publishes at the same time, or settles flags by another catalog, is waited for.
  const run = `publish-${nameOfRun(toTimestamp(clock.now()))}`;
  const lease = { run, segments: 1, from: 0, to: 0 };
  const release = given.dryRun ? async () => {} : await leaseForCommand(publication, lease, given.force, stop);
  try {
    return await publishNext({ ...publication, release }, content);
  } finally {
    // A lease that cannot be given back is seen to be dead.
    await release().catch(() => {});
  }
}

async function publishNext(publication: Publication, content: Catalog | undefined): Promise<number> {
  const { given, print } = publication;
  const { release, isThere } = await lookAtRelease(publication, content);
  if (isThere) {
    print("Nothing differs from what is published: there is nothing to do.");
    return 0;
  }
  const { live, next } = release;
  const comparison = live?.catalog && compareCatalogs(live.catalog, next);
  for (const line of linesOf(comparison)) print(line);
  const concerned: Release = { ...release, entities: comparison?.concerned };
  const code = concerned.entities?.length === 0 ? undefined : await tryOutRelease(publication, concerned);
  if (code !== undefined) return code;
  if (!given.dryRun) return putInPlace(publication, concerned);
  print("Nothing was published. Run again without --dry-run to publish it.");
  return 0;
}

const linesOf = (comparison: CatalogComparison | undefined): string[] =>
  comparison ? differenceLines(comparison) : ["differs  from nothing that is known: every learner is looked at"];
