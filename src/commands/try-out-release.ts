import { impactOf, losesTooMany, type ReleaseImpact } from "../service/catalog/release-impact.ts";
import { beginBackfill, optionsOf } from "./backfill-command.ts";
import { progressDisplay } from "./progress-display.ts";
import { backfillArguments, type Publication, type Release } from "./publication.ts";
import { impactLines, questionLines } from "./publish-text.ts";
import { runStoppable } from "./stoppable.ts";

/** A dry run over the learners whom a release concerns. @returns the exit code where it ends there */
export async function tryOutRelease(publication: Publication, release: Release): Promise<number | undefined> {
  const { given, opened, print, stop } = publication;
  const { store, meter, scanner } = opened.connect("batch", given);
  const asked = backfillArguments(given, release, true);
  const { folder, checkpoint } = beginBackfill(asked, optionsOf(asked), release.next.version, opened.target);
  const display = progressDisplay(await scanner().approximateItemCount());
  let impact: ReleaseImpact | undefined;
  const code = await runStoppable<ReleaseImpact>({
    stop,
    display,
    inHand: "learners",
    work: () =>
      impactOf(
        { store, scanner: scanner(), meter, catalog: release.next, folder, checkpoint, signal: stop.signal },
        ({ itemsRead, learners, seconds }) => display.update(itemsRead, learners, seconds),
      ),
    conclude: async (found) => {
      impact = found;
      return 0;
    },
    done: () => `${checkpoint.tally.processed} learners of the dry run; nothing was published`,
    goOn: "npm run publish-catalog, from the beginning",
  });
  if (impact === undefined) return code;
  for (const line of impactLines(impact, folder.path)) print(line);
  const grave = impact.entities.some(losesTooMany);
  if (!grave || given.yes) return undefined;
  for (const line of questionLines(impact.entities)) console.error(line);
  return 1;
}
