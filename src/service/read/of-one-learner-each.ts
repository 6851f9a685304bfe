import type { EntityType } from "../../model/entity.ts";
import type { LearnerId } from "../../model/learner.ts";
import type { CompletionRecord } from "../../store/completions.ts";
import type { Item } from "../../store/items.ts";
import type { Store } from "../../store/store.ts";
import { findGroup, type Group } from "../identity/find-group.ts";

type Held = { learnerId: LearnerId; item: Item | undefined };

/**
 * A list of completions with each learner once, by the id that the learner goes by: of ids that links join the row that
 * counts stays, and the others go. So a page may have fewer rows than it was asked for, and the next one goes on all the
 * same. Costs half a unit for each row, and reads for the rows of linked ids alone.
 * @param slugs the entity's own, and those that it had once
 */
export async function ofOneLearnerEach(
  store: Store,
  type: EntityType,
  slugs: readonly string[],
  rows: readonly CompletionRecord[],
): Promise<CompletionRecord[]> {
  const identities = await store.identitiesAmong([...new Set(rows.map(({ learnerId }) => learnerId))]);
  const shown = await Promise.all(
    rows.map(async (row): Promise<CompletionRecord[]> => {
      if (identities.get(row.learnerId)?.links === undefined) return [row];
      const group = await findGroup(store, row.learnerId);
      if (group.ids.length === 1) return [row];
      return (await countingId(store, type, slugs, group)) === row.learnerId
        ? [{ ...row, learnerId: group.learnerId }]
        : [];
    }),
  );
  return shown.flat();
}

/** Under which of a learner's ids the completion that counts is stored: the learner's own once that is settled, else where it is the earliest. */
async function countingId(
  store: Store,
  type: EntityType,
  slugs: readonly string[],
  { learnerId, ids }: Group,
): Promise<LearnerId | undefined> {
  const places = ids.flatMap((id) => slugs.map((slug) => ({ id, slug })));
  const held = await Promise.all(
    places.map(
      async ({ id, slug }): Promise<Held> => ({ learnerId: id, item: await store.readItem(id, { type, slug }) }),
    ),
  );
  const isSettled = held.some((one) => one.learnerId === learnerId && one.item?.completed !== undefined);
  if (isSettled) return learnerId;
  const listed = held.filter(({ item }) => typeof item?.completed_at === "string");
  const [first] = listed.sort((a, b) => (timeOf(a) < timeOf(b) ? -1 : 1));
  return first?.learnerId;
}

const timeOf = ({ item, learnerId }: Held): string => `${item?.completed_at} ${learnerId}`;
