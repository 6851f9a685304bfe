import { type Catalog, knows } from "../../catalog/catalog.ts";
import { slugsOf } from "../../completion/resolve-progress.ts";
import { titleOf } from "../../completion/titled.ts";
import type { Attempt } from "../../model/attempt.ts";
import type { LearnerId } from "../../model/learner.ts";
import { compareText } from "../../model/text.ts";
import type { Store } from "../../store/store.ts";
import { type Explanation, explain } from "./explain/explanation.ts";
import { withGrades } from "./graded-attempts.ts";
import { type ModuleView, moduleView } from "./module-view.ts";
import { knownOf, unknown } from "./progress-of.ts";
import { markVoided, type ToldAttempt } from "./voided-attempts.ts";

/** A module of one learner with what a page of it needs; `explain` tells what led to its flag. */
export type OneModule = ModuleView & {
  title: string | null;
  attempts: ToldAttempt[];
  completionData: unknown;
  explain: () => Explanation;
};

/** So many of a module's attempts are shown with it; all are in the history. */
const ATTEMPTS_SHOWN = 20;

/**
 * One module of a learner, with its newest attempts, and the data of the completion that came last with any.
 * @throws AppError NOT_FOUND for a module that neither catalog nor learner knows
 */
export async function readModule(
  store: Store,
  catalog: Catalog,
  learnerId: LearnerId,
  asked: string,
): Promise<OneModule> {
  const module = catalog.resolve({ type: "module", slug: asked });
  const slugs = slugsOf(catalog, module);
  const [known, ...newestPages] = await Promise.all([
    knownOf(store, catalog, learnerId),
    ...slugs.map((moduleSlug) => store.attempts(learnerId, { limit: ATTEMPTS_SHOWN, moduleSlug })),
  ]);
  const { progress } = known;
  const { decisions } = progress;
  const marked = ({ attempts, next }: Awaited<ReturnType<Store["attempts"]>>) => ({
    attempts: withGrades(markVoided(attempts, decisions), decisions),
    next,
  });
  const pages = newestPages.map(marked);
  const state = progress.module.get(module.slug);
  if (state === undefined && !knows(catalog, module)) throw unknown(module);
  const view = moduleView(catalog, module.slug, state ?? { facts: {} }, progress);
  const found = await Promise.all(
    pages.map(async (newest, index) => {
      let page = newest;
      // Much may have been tried since: then the completion is not among the newest.
      while (view.completedAt !== undefined && !page.attempts.some(hasData) && page.next)
        page = marked(await store.attempts(learnerId, { limit: 1_000, moduleSlug: slugs[index], after: page.next }));
      return page.attempts.filter(hasData).slice(0, 1);
    }),
  );
  const attempts = pages.flatMap((page) => page.attempts).sort(newestFirst);
  const [last] = found.flat().sort(newestFirst);
  return {
    ...view,
    title: titleOf(catalog, module),
    attempts: attempts.slice(0, ATTEMPTS_SHOWN),
    completionData: last?.completionData,
    explain: () => explain(catalog, module, known),
  };
}

const hasData = ({ completionData, refused, voided }: ToldAttempt): boolean =>
  completionData !== undefined && !refused && voided === undefined;

const newestFirst = (a: Attempt, b: Attempt): number =>
  compareText(b.occurredAt, a.occurredAt) || compareText(b.identity, a.identity);
