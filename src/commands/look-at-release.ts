import { type Catalog, countsOf } from "../catalog/catalog.ts";
import type { LoadedCatalog } from "../catalog/load.ts";
import { findLiveCatalog } from "../service/catalog/live-catalog.ts";
import { lineOf } from "./print-faults.ts";
import type { Publication, Release } from "./publication.ts";
import { CONTENT, keptFor, type PublishArguments } from "./publish-choices.ts";
import { askRunningService } from "./running-service.ts";

/** What is live, and what is to be; `isThere` where that is published already. */
export async function lookAtRelease(
  publication: Publication,
  content: Catalog | undefined,
): Promise<{ release: Release; isThere: boolean }> {
  const { given, environment, place, opened, print } = publication;
  const { store } = opened.connect("page");
  const next = content ?? (await keptFor(given.to ?? CONTENT, store));
  const published = await place.published();
  if (published?.ok === false)
    console.error(
      `warning: what is published in ${place.name} cannot be used: ${published.faults.map(lineOf).join("; ")}`,
    );
  const running = given.on === "here" ? await askRunningService(environment.port) : undefined;
  const live = await findLiveCatalog({
    published,
    running: running?.kind === "service" ? running.version : undefined,
    folder: content,
    store,
  });
  print(`live     ${live ? `${live.version}, ${live.known}` : "none: no service has run here yet"}`);
  const { pathways, courses, modules } = countsOf(next);
  const from = content ? environment.contentDir : "the versions that are kept";
  print(`next     ${next.version}: ${pathways} pathways, ${courses} courses, ${modules} modules, from ${from}`);
  return { release: { live, next, entities: undefined }, isThere: isDone(given, published, next) };
}

const isDone = ({ to }: PublishArguments, published: LoadedCatalog | undefined, next: Catalog): boolean =>
  to === CONTENT ? published === undefined : published?.ok === true && published.catalog.version === next.version;
