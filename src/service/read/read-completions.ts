import { type Catalog, knows } from "../../catalog/catalog.ts";
import { slugsOf } from "../../completion/resolve-progress.ts";
import type { EntityRef } from "../../model/entity.ts";
import type { CompletionRecord, CompletionsPage, CompletionsQuery } from "../../store/completions.ts";
import type { Store } from "../../store/store.ts";
import { ofOneLearnerEach } from "./of-one-learner-each.ts";
import { unknown } from "./progress-of.ts";

/**
 * Who completed an entity, oldest first, also those who did so under a slug that it had once; each learner once.
 * @throws AppError NOT_FOUND for one that neither the catalog nor the store knows
 */
export async function readCompletions(
  store: Store,
  catalog: Catalog,
  asked: EntityRef,
  query: CompletionsQuery,
): Promise<CompletionsPage> {
  const entity = catalog.resolve(asked);
  const listed = { type: entity.type, slugs: slugsOf(catalog, entity) };
  const found = await store.completions(listed, query);
  const shown = await ofOneSlugEach(store, listed, found.completions);
  const page = { ...found, completions: await ofOneLearnerEach(store, entity.type, listed.slugs, shown) };
  // A page may be empty because of its range.
  if (found.completions.length > 0 || knows(catalog, entity)) return page;
  const { completions } = await store.completions(listed, { limit: 1 });
  if (completions.length > 0) return page;
  throw unknown(entity);
}

/** Of what a learner has under several slugs the row that counts stays. */
async function ofOneSlugEach(
  store: Store,
  { type, slugs }: { type: EntityRef["type"]; slugs: readonly string[] },
  rows: readonly CompletionRecord[],
): Promise<readonly CompletionRecord[]> {
  if (slugs.length === 1) return rows;
  const counts = await Promise.all(rows.map((row) => isTheOne(store, type, slugs, row)));
  return rows.filter((_, index) => counts[index]);
}

/** Of what a learner has under several slugs the flag of the first counts; without one, the earliest mark. */
async function isTheOne(
  store: Store,
  type: EntityRef["type"],
  slugs: readonly string[],
  { slug, learnerId }: CompletionRecord,
): Promise<boolean> {
  const items = await Promise.all(
    slugs.map(async (one) => ({ slug: one, item: (await store.readItem(learnerId, { type, slug: one })) ?? {} })),
  );
  const listed = items.filter(({ item }) => typeof item.completed_at === "string");
  const flagged = listed.find(({ item }) => item.completed === true);
  const [earliest] = listed.sort((a, b) => (String(a.item.completed_at) < String(b.item.completed_at) ? -1 : 1));
  const one = flagged ?? earliest;
  // The index may be a moment behind the items.
  return one === undefined || one.slug === slug;
}
