import type { Catalog } from "../../catalog/catalog.ts";
import { moduleCompletedAt } from "../../completion/calculate.ts";
import type { LearningEvent } from "../../model/event.ts";
import type { LearnerId } from "../../model/learner.ts";
import type { Facts, FlaggedState } from "../../model/progress.ts";
import { moduleSessionId } from "../../store/keys.ts";
import type { Store } from "../../store/store.ts";

/**
 * Keeps what a module's completion leaves besides its flag: a session from start to completion, and a card for each
 * of its review items, each once. An event that is sent again does it again, in case the first time broke off.
 * @param earlier the module's facts before the event
 */
export async function keepCompletion(
  store: Store,
  catalog: Catalog,
  learnerId: LearnerId,
  event: LearningEvent,
  { slug, state }: { slug: string; state: FlaggedState },
  earlier: Facts | undefined,
): Promise<void> {
  const completedAt = moduleCompletedAt(catalog, slug, state);
  const { startedAt } = state.facts;
  if (completedAt === undefined) return;
  const completes = event.name === "learning_module_completed" || state.flag?.eventId === event.id;
  // A start that arrives after the completion.
  const startsLate = event.name === "learning_module_started" && !((earlier?.startedAt ?? event.at) < event.at);
  if (!completes && !startsLate) return;

  const cards = completes ? (catalog.module.get(slug)?.reviewItems ?? []) : [];
  const writes = cards.map(({ id: itemId, front, back }) =>
    store.addCard(learnerId, { moduleSlug: slug, itemId, createdAt: completedAt, front, back }),
  );
  if (startedAt !== undefined && startedAt <= completedAt) {
    const session = {
      sessionId: moduleSessionId(slug),
      sessionType: "module",
      moduleSlug: slug,
      source: "module_completed",
    };
    writes.push(store.addSession(learnerId, { ...session, startedAt, endedAt: completedAt }));
  }
  await Promise.all(writes);
}
