import { type Catalog, knows } from "../../catalog/catalog.ts";
import { slugsOf } from "../../completion/resolve-progress.ts";
import type { EntityRef } from "../../model/entity.ts";
import type { CompletionCursor, CompletionRecord, CompletionsQuery } from "../../store/completions.ts";
import type { Store } from "../../store/store.ts";
import { ofOneLearnerEach } from "./of-one-learner-each.ts";
import { unknown } from "./progress-of.ts";

type Page = { completions: CompletionRecord[]; next: CompletionCursor | undefined };

/** Of a list: a completion, and the slug under which it is stored. */
type Found = { slug: string; record: CompletionRecord };

/**
 * Who completed an entity, oldest first, also those who did so under a slug that it had once; each learner once.
 * @throws AppError NOT_FOUND for one that neither the catalog nor the store knows
 */
export async function readCompletions(
  store: Store,
  catalog: Catalog,
  asked: EntityRef,
  query: CompletionsQuery,
): Promise<Page> {
  const entity = catalog.resolve(asked);
  const slugs = slugsOf(catalog, entity);
  const found = slugs.length === 1 ? await store.completions(entity, query) : await merged(store, entity, slugs, query);
  const page = { ...found, completions: await ofOneLearnerEach(store, entity.type, slugs, found.completions) };
  // A page may be empty because of its range.
  if (found.completions.length > 0 || knows(catalog, entity)) return page;
  const { completions } = await store.completions(entity, { limit: 1 });
  if (completions.length > 0) return page;
  throw unknown(entity);
}

async function merged(
  store: Store,
  { type }: EntityRef,
  slugs: readonly string[],
  query: CompletionsQuery,
): Promise<Page> {
  const lists = await Promise.all(slugs.map((slug) => listFrom(store, { type, slug }, query)));
  const found = lists.flatMap(({ records }, index) =>
    records.map((record): Found => ({ slug: slugs[index] as string, record })),
  );
  const inOrder = found.sort((a, b) => compare(a.record, b.record));
  const page = inOrder.slice(0, query.limit);
  const shown = await Promise.all(page.map((one) => isTheOne(store, type, slugs, one)));
  const last = page.at(-1)?.record;
  const isMore = inOrder.length > page.length || lists.some(({ more }) => more);
  return {
    completions: page.flatMap(({ record }, index) => (shown[index] ? [record] : [])),
    next: isMore ? last && { completedAt: last.completedAt, learnerId: last.learnerId } : undefined,
  };
}

/** A list from a page's cursor on. A cursor that is not of this list may stand beside an entry of it at that very moment. */
async function listFrom(
  store: Store,
  entity: EntityRef,
  query: CompletionsQuery,
): Promise<{ records: CompletionRecord[]; more: boolean }> {
  const { completions, next } = await store.completions(entity, query);
  return { records: completions, more: next !== undefined };
}

const compare = (a: CompletionRecord, b: CompletionRecord): number => {
  const [left, right] = [`${a.completedAt} ${a.learnerId}`, `${b.completedAt} ${b.learnerId}`];
  if (left === right) return 0;
  return left < right ? -1 : 1;
};

/** Of what a learner has under several slugs the flag of the first counts; without one, the earliest mark. */
async function isTheOne(
  store: Store,
  type: EntityRef["type"],
  slugs: readonly string[],
  { slug, record }: Found,
): Promise<boolean> {
  const items = await Promise.all(
    slugs.map(async (one) => ({
      slug: one,
      item: (await store.readItem(record.learnerId, { type, slug: one })) ?? {},
    })),
  );
  const listed = items.filter(({ item }) => typeof item.completed_at === "string");
  const flagged = listed.find(({ item }) => item.completed === true);
  const [earliest] = listed.sort((a, b) => (String(a.item.completed_at) < String(b.item.completed_at) ? -1 : 1));
  const one = flagged ?? earliest;
  // The index may be a moment behind the items.
  return one === undefined || one.slug === slug;
}
