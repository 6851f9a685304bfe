import type { Catalog } from "../../catalog/catalog.ts";
import { moduleCompletedAt } from "../../completion/calculate.ts";
import { type ModuleOutcome, marksComplete } from "../../completion/event-outcome.ts";
import type { InterpretedEvent } from "../../completion/interpret-event.ts";
import type { RecordedBatch } from "../../completion/recorded-batch.ts";
import { entityKey } from "../../model/entity.ts";
import type { LearnerId } from "../../model/learner.ts";
import type { Facts } from "../../model/progress.ts";
import { earliest, type Timestamp } from "../../model/time.ts";
import { moduleSessionId } from "../../store/keys.ts";
import type { Store } from "../../store/store.ts";
import { groupBy } from "../group-by.ts";
import type { SettledEvents } from "./settle-events.ts";

type Context = { store: Store; catalog: Catalog; learnerId: LearnerId };
/** A module as one event left it. */
type Touched = { interpreted: InterpretedEvent; module: ModuleOutcome };

/**
 * Adds what a completed module leaves in the history: a session from start to completion, and a card for each of its
 * review items, each once. An event that is sent again does it again, in case the first time broke off.
 *
 * Whether a module was started is judged by what was read last, because a claim may move its completion behind a start:
 *   t1 A claims m, complete at 10:02, for 10:05, and reads no start   t2 B starts m at 10:04, and finds it complete at 10:02
 *   t3 A moves m to 10:05   t4 A looks again, and finds the start: nobody else knows by now that it comes first
 * Test: record.interleavings, "a start beside the claim that moves the completion behind it".
 */
export async function addCompletionRecords(
  context: Context,
  { events, before }: RecordedBatch,
  { outcomes, progress }: SettledEvents,
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
      const startedAt = progress?.module.get(slug)?.facts.startedAt;
      for (const one of inOrder) await addRecordsOf(context, one, { earlier, startedAt });
    }),
  );
}

/** A module's facts before the batch, and when it was started by what was read last. */
type Known = { earlier: Facts | undefined; startedAt: Timestamp | undefined };

async function addRecordsOf({ store, catalog, learnerId }: Context, touched: Touched, known: Known): Promise<void> {
  const { slug, state } = touched.module;
  const completedAt = moduleCompletedAt(catalog, slug, state);
  const startedAt = earliest(state.facts.startedAt, known.startedAt);
  if (completedAt === undefined) return;
  const completes =
    marksComplete(touched.interpreted, slug) || state.flag?.eventId === touched.interpreted.event.identity;
  if (!completes && !startsEarlier(touched, known.earlier)) return;

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
