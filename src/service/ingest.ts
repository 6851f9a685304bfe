import pLimit from "p-limit";
import type { Catalog } from "../catalog/catalog.ts";
import { acceptWithoutReading, type EventOutcome, needsReading, replay } from "../completion/replay.ts";
import { type EntityRef, entityKey } from "../model/entity.ts";
import { AppError } from "../model/errors.ts";
import { type LearningEvent, parseEvent } from "../model/event.ts";
import type { LearnerId } from "../model/learner.ts";
import { type Facts, factsOf, laterView, mergeFacts, type View } from "../model/progress.ts";
import { type Timestamp, toTimestamp } from "../model/time.ts";
import type { Warning } from "../model/warning.ts";
import type { Store } from "../store/store.ts";
import type { CatalogSource } from "./catalog-source.ts";
import type { Log } from "./log.ts";
import { settleLearner } from "./settle-learner.ts";

/** Learners of one batch that are worked on side by side, and writes of one learner. */
const LEARNERS_AT_ONCE = 16;
const WRITES_AT_ONCE = 32;

export type AcceptedEvent = Extract<EventOutcome, { accepted: true }>;

/** What became of one event. */
export type EventResult =
  | { eventId: string; learnerId: LearnerId; outcome: AcceptedEvent; error?: undefined }
  | { eventId: string | undefined; learnerId?: LearnerId; error: AppError };

export type Ingest = (events: readonly unknown[]) => Promise<EventResult[]>;

type Dependencies = { store: Store; catalog: CatalogSource; log: Log; now?: () => number };
type Parsed = { event: LearningEvent; warnings: Warning[]; index: number };

/**
 * Takes learning events as clients sent them: records their facts, and settles the flags of their learners.
 * A learner's events are applied in order of time, whatever their order in the batch.
 * @returns a result per event, in the order sent
 * @throws AppError STORE_UNAVAILABLE when the store fails; sending all events again is safe
 */
export function createIngest({ store, catalog, log, now = Date.now }: Dependencies): Ingest {
  return async (raws) => {
    const receivedAt = toTimestamp(now());
    const version = catalog.current();
    const results = new Array<EventResult>(raws.length);
    const byLearner = new Map<LearnerId, Parsed[]>();

    for (const [index, raw] of raws.entries()) {
      const parsed = parseEvent(raw, receivedAt);
      if (parsed.ok) {
        const { event, warnings } = parsed;
        byLearner.set(event.learnerId, [...(byLearner.get(event.learnerId) ?? []), { event, warnings, index }]);
      } else {
        const error = new AppError(
          "SCHEMA_VALIDATION_FAILED",
          "The event does not have the form that its name asks for.",
          { errors: parsed.errors },
        );
        results[index] = { eventId: parsed.eventId, error };
      }
    }

    const limit = pLimit(LEARNERS_AT_ONCE);
    await Promise.all(
      [...byLearner].map(([learnerId, parsed]) =>
        limit(async () => {
          const inOrder = parsed.sort((a, b) =>
            a.event.at === b.event.at ? a.index - b.index : a.event.at < b.event.at ? -1 : 1,
          );
          const events = inOrder.map(({ event }) => event);
          const outcomes = await ingestLearner({ store, log }, version, learnerId, events, receivedAt);
          for (const [position, { event, warnings, index }] of inOrder.entries())
            results[index] = resultOf(event, warnings, outcomes[position] as EventOutcome);
        }),
      ),
    );
    return results;
  };
}

/** Record, read, settle, flag: one learner's events, in order of time. */
async function ingestLearner(
  { store, log }: { store: Store; log: Log },
  catalog: Catalog,
  learnerId: LearnerId,
  events: readonly LearningEvent[],
  recordedAt: Timestamp,
): Promise<EventOutcome[]> {
  const before = await record(store, learnerId, events);
  if (!events.some(needsReading)) return acceptWithoutReading(catalog, before, events);

  // The Query follows the write: of two concurrent events, the later one sees both facts.
  const { result } = await settleLearner(store, learnerId, ({ progress, faults }) => {
    if (faults.length > 0)
      log.warn("Stored items are faulty and count as nothing", { faults: faults.slice(0, 10), count: faults.length });
    const { outcomes, changes } = replay(catalog, progress, before, events, recordedAt);
    return { changes, result: outcomes };
  });
  return result;
}

/** One write per touched entity, side by side. Returns what each held before. */
async function record(
  store: Store,
  learnerId: LearnerId,
  events: readonly LearningEvent[],
): Promise<Map<string, Facts>> {
  const stated = new Map<string, { entity: EntityRef; facts: Facts }>();
  let view: View | undefined;
  for (const event of events) {
    for (const { entity, facts } of factsOf(event)) {
      const key = entityKey(entity);
      stated.set(key, { entity, facts: mergeFacts(stated.get(key)?.facts ?? {}, facts) });
    }
    if (event.name === "learning_page_viewed")
      view = laterView(view, { viewedAt: event.at, contentType: event.contentType, slug: event.slug });
  }

  const limit = pLimit(WRITES_AT_ONCE);
  const writes = [...stated].map(([key, { entity, facts }]) =>
    limit(async (): Promise<[string, Facts]> => [key, await store.record(learnerId, entity, facts)]),
  );
  const [before] = await Promise.all([Promise.all(writes), view && store.recordView(learnerId, view)]);
  return new Map(before);
}

function resultOf({ id, learnerId }: LearningEvent, warnings: Warning[], outcome: EventOutcome): EventResult {
  if (outcome.accepted)
    return { eventId: id, learnerId, outcome: { ...outcome, warnings: [...warnings, ...outcome.warnings] } };
  const { accepted: _, code, reason, ...extras } = outcome;
  return { eventId: id, learnerId, error: new AppError(code, reason, extras) };
}
