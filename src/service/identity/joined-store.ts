import type { EntityRef } from "../../model/entity.ts";
import type { LearnerId } from "../../model/learner.ts";
import type { EntityState } from "../../model/progress.ts";
import { type Item, stateOfItem } from "../../store/items.ts";
import { attemptsAttribute } from "../../store/merge-item.ts";
import type { AttemptGuard } from "../../store/progress-store.ts";
import type { Store } from "../../store/store.ts";
import type { Group } from "./find-group.ts";
import { joinDecisions, joinReadings, joinStates } from "./join-progress.ts";
import { joinAttempts, joinCards, joinSessions } from "./join-records.ts";

/**
 * A store in which an id that links join with others is one learner's with them: what is read is that of all of them,
 * flags are those of the learner's own id, and what is sent stays under the id that it was sent under, so that each gets
 * back its own when the link is withdrawn. Of an id that is alone it does nothing else than the store.
 * @param sentUnder the id that events are sent under, or that was asked for
 * @param found whose it is; reads of the id's own items go side by side with it
 */
export function joinedStore(store: Store, sentUnder: LearnerId, found: Group | Promise<Group>): Store {
  // Most ids are alone, and each of their events would pay for a store of its own.
  if (!(found instanceof Promise) && found.ids.length === 1) return store;
  const pending = Promise.resolve(found);
  // Somebody waits for it below; until then a failure must not count as unhandled.
  pending.catch(() => {});
  const othersOf = async () => (await pending).ids.filter((id) => id !== sentUnder);

  /** What one asks of each id, those of `sentUnder` first. */
  const ofEach = async <T>(ask: (learnerId: LearnerId) => Promise<T>): Promise<[T, ...T[]]> => {
    const [own, others] = await Promise.all([ask(sentUnder), othersOf()]);
    return [own, ...(await Promise.all(others.map(ask)))];
  };

  /**
   * Attempts count together, under whichever id they were made. Of two that arrive at once under two ids each may find room,
   * since no write spans two items:
   *   t1 A reads y: 2 of 3 made   t2 B reads x: none made   t3 A counts a third under x   t4 B counts a third under y
   */
  const guardOf = async (entity: EntityRef, guard: AttemptGuard): Promise<AttemptGuard | "refused"> => {
    const [own, ...others] = await ofEach((id) => store.readItem(id, entity));
    if (others.length === 0) return guard;
    const attemptsIn = (item: Item | undefined) => item?.[attemptsAttribute(guard.task)];
    const made = others.map(attemptsIn).reduce<number>((sum, set) => sum + (set instanceof Set ? set.size : 0), 0);
    const held = attemptsIn(own);
    if (guard.most > made) return { ...guard, most: guard.most - made };
    return held instanceof Set && held.has(guard.identity) ? guard : "refused";
  };

  /** The learner's own item, as far as it says whether something was settled there: who is on a list by a mark alone may be. */
  const settledItem = async (entity: EntityRef, { flag }: EntityState, others: EntityState[]) => {
    if (flag !== undefined) return { completed: true };
    const isListed = others.some(({ facts }) => facts.completedAt !== undefined);
    return isListed ? store.readItem(sentUnder, entity) : undefined;
  };

  return {
    ...store,
    async read() {
      const isGuessing = found instanceof Promise;
      const [sent, { learnerId, ids }] = await Promise.all([isGuessing ? store.read(sentUnder) : undefined, pending]);
      if (ids.length === 1) return sent ?? store.read(sentUnder);
      // The learner's own id comes first, because it has the flags, and a flag must be no newer than the facts beside it
      // (see second-look.ts). The other way round, where y is the learner's own id, and x another:
      //   t1 A reads x   t2 B records a late fact under x, and moves y's flag   t3 A reads y, and would move the flag back
      // Test: links.interleavings, "Links, withdrawals, events and backfills at once".
      const own = learnerId === sentUnder && sent ? sent : await store.read(learnerId);
      const others = await Promise.all(ids.filter((id) => id !== learnerId).map((id) => store.read(id)));
      return joinReadings(own, others);
    },

    async addFacts(_, entity, facts, guard) {
      const { learnerId, ids } = await pending;
      if (ids.length === 1) return store.addFacts(sentUnder, entity, facts, guard);
      const shared = guard && (await guardOf(entity, guard));
      if (shared === "refused") return "refused";
      const own = await store.addFacts(sentUnder, entity, facts, shared);
      if (typeof own === "string") return own;
      // After the write, so that of two events under two ids the later one sees both:
      //   t1 A writes m1 under x   t2 B writes m2 under y   t3 B reads x: m1   t4 A reads y: m2
      // Test: links.interleavings, "Links, withdrawals, events and backfills at once".
      const others = await Promise.all(
        ids.filter((id) => id !== sentUnder).map(async (id) => ({ id, item: await store.readItem(id, entity) })),
      );
      const stateIn = (item: Item | undefined) => stateOfItem(entity.type, item ?? {});
      const learners = others.find(({ id }) => id === learnerId);
      const rest = others.filter((other) => other !== learners).map(({ item }) => stateIn(item));
      if (learners === undefined) return joinStates(own, await settledItem(entity, own, rest), rest);
      return joinStates(stateIn(learners.item), learners.item, [own, ...rest]);
    },

    decisions: async () => joinDecisions(await ofEach((id) => store.decisions(id))),
    markDecided: async (_, ...decided) => store.markDecided((await pending).learnerId, ...decided),
    setFlag: async (_, ...flag) => store.setFlag((await pending).learnerId, ...flag),
    readItem: async (_, entity) => store.readItem((await pending).learnerId, entity),
    restoreFlag: async (_, ...flag) => store.restoreFlag((await pending).learnerId, ...flag),

    attempts: async (_, query) => joinAttempts(await ofEach((id) => store.attempts(id, query)), query.limit),
    sessions: async () => joinSessions(await ofEach((id) => store.sessions(id))),
    cards: async () => joinCards(await ofEach((id) => store.cards(id))),
    async addReview(_, card, review) {
      const added = await store.addReview(sentUnder, card, review);
      if (added === "full" || (await othersOf()).length === 0) return added;
      const all = joinCards(await ofEach((id) => store.cards(id)));
      return all.find(({ moduleSlug, itemId }) => moduleSlug === card.moduleSlug && itemId === card.itemId) ?? added;
    },
  };
}
