import type { Catalog } from "../catalog/catalog.ts";
import { packCatalog } from "../catalog/pack.ts";
import { toTimestamp } from "../model/time.ts";
import { awaitTaken } from "../service/catalog/await-taken.ts";
import type { Publication, Release } from "./publication.ts";
import { CONTENT } from "./publish-choices.ts";
import { type ServiceLook, serviceLook } from "./publish-wait.ts";
import { settleRelease } from "./settle-release.ts";
import { StartError } from "./start-error.ts";
import { INTERRUPTED, interruptible } from "./stoppable.ts";

/** Puts it there, waits for the service, keeps it, and settles flags by it. @returns the exit code */
export async function putInPlace(publication: Publication, release: Release): Promise<number> {
  const { given, place, opened, print, clock, stop } = publication;
  const { live, next, entities } = release;
  const { store } = opened.connect("page");
  const keep = (catalog: Catalog) =>
    store.keepCatalog({ version: catalog.version, publishedAt: toTimestamp(clock.now()) }, () => packCatalog(catalog));
  const look = await serviceLook(publication, next.version);
  if (stop.signal.aborted) return INTERRUPTED;
  // What is left must be there to go back to.
  if (live?.catalog) await keep(live.catalog);
  if (given.to === CONTENT) await place.withdraw();
  else await place.publish(packCatalog(next));
  print(
    given.to === CONTENT
      ? `The service follows ${publication.environment.contentDir} again.`
      : `published ${next.version} in ${place.name}`,
  );

  const taken = await waitFor(publication, look);
  if (taken === "stopped") return stopped(publication);
  await keep(next);
  if (!given.backfill || entities?.length === 0) {
    const on = given.on === "aws" ? " -- --on=aws" : "";
    if (entities?.length !== 0) print(`No flag was settled (--no-backfill). To do so: npm run backfill${on}`);
    printWayBack(publication, release);
    return 0;
  }
  const { code, path } = await settleRelease(publication, release);
  printWayBack(publication, release, path);
  return code;
}

async function waitFor({ clock, stop, print }: Publication, look: ServiceLook) {
  const waiting = { timeoutMs: look.timeoutMs, clock, signal: stop.signal };
  const taken = await interruptible(
    () => stop.abort(),
    () => awaitTaken(look.look, waiting),
  );
  if (taken === "late") throw new StartError(look.late);
  if (taken !== "stopped") print(look[taken]);
  return taken;
}

function stopped({ print }: Publication): number {
  print("Stopped. It is published; flags are settled by it with: npm run backfill");
  return INTERRUPTED;
}

/** How what was done is taken back. */
function printWayBack({ given, print }: Publication, { live, next }: Release, path?: string): void {
  if (live === undefined || live.version === next.version) return;
  const on = given.on === "aws" ? " --on=aws" : "";
  print(`Take it back with: npm run publish-catalog -- --to=${live.version} --no-backfill --yes${on}`);
  if (path !== undefined) print(`        and then: npm run rollback --${on} --run=${path}`);
}
