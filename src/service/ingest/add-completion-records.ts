import type { Catalog } from "../../catalog/catalog.ts";
import { moduleCompletedAt } from "../../completion/calculate.ts";
import { type EventOutcome, type ModuleOutcome, marksComplete } from "../../completion/event-outcome.ts";
import type { InterpretedEvent } from "../../completion/interpret-event.ts";
import type { RecordedBatch } from "../../completion/recorded-batch.ts";
import { entityKey } from "../../model/entity.ts";
import type { LearnerId } from "../../model/learner.ts";
import type { Facts } from "../../model/progress.ts";
import { moduleSessionId } from "../../store/keys.ts";
import type { Store } from "../../store/store.ts";
import { groupBy } from "../group-by.ts";

type Context = { store: Store; catalog: Catalog; learnerId: LearnerId };
/** A module as one event left it. */
type Touched = { interpreted: InterpretedEvent; module: ModuleOutcome };

/**
 * Adds what a completed module leaves in the history: a session from start to completion, and a card for each of its
 * review items, each once. An event that is sent again does it again, in case the first time broke off.
 * @param outcomes one for each event of the batch
 */
export async function addCompletionRecords(
  context: Context,
  { events, before }: RecordedBatch,
  outcomes: readonly EventOutcome[],
): Promise<void> {
  const touched = events.flatMap((interpreted, index): Touched[] => {
    const outcome = outcomes[index];
    if (!outcome?.accepted) return [];
    const modules = [...(outcome.module ? [outcome.module] : []), ...outcome.alsoCompleted];
    return modules.map((module) => ({ interpreted, module }));
  });
  // A module's events come one after the other, so that what is kept once is what the first of them leaves.
  const byModule = groupBy(touched, ({ module }) => module.slug);
  await Promise.all(
    [...byModule].map(async ([slug, inOrder]) => {
      const earlier = before.get(entityKey({ type: "module", slug }))?.state.facts;
      for (const one of inOrder) await addRecordsOf(context, one, earlier);
    }),
  );
}

/** @param earlier the module's facts before the batch */
async function addRecordsOf(
  { store, catalog, learnerId }: Context,
  touched: Touched,
  earlier: Facts | undefined,
): Promise<void> {
  const { slug, state } = touched.module;
  const completedAt = moduleCompletedAt(catalog, slug, state);
  const { startedAt } = state.facts;
  if (completedAt === undefined) return;
  const completes =
    marksComplete(touched.interpreted, slug) || state.flag?.eventId === touched.interpreted.event.identity;
  if (!completes && !startsEarlier(touched, earlier)) return;

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

/** Whether an event states a start of the module that is no later than those before it: it may arrive after the completion. */
function startsEarlier({ interpreted, module }: Touched, earlier: Facts | undefined): boolean {
  const start = interpreted.facts.find(
    ({ entity, facts }) => entity.type === "module" && entity.slug === module.slug && facts.startedAt !== undefined,
  );
  return start !== undefined && !(earlier?.startedAt !== undefined && earlier.startedAt < interpreted.event.at);
}
