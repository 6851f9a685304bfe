import type { Catalog } from "../../catalog/catalog.ts";
import { applyEvents, applyUnread } from "../../completion/apply-events.ts";
import type { EventOutcome } from "../../completion/event-outcome.ts";
import type { InterpretedEvent } from "../../completion/interpret-event.ts";
import type { RecordedBatch } from "../../completion/recorded-batch.ts";
import type { Refusal } from "../../completion/refusal.ts";
import { type LearnerId, pseudonymOf } from "../../model/learner.ts";
import type { Progress } from "../../model/progress.ts";
import type { Timestamp } from "../../model/time.ts";
import type { Log } from "../../process/log.ts";
import type { Reading } from "../../store/items.ts";
import type { Store } from "../../store/store.ts";
import { keepTrail, type Trail } from "../decide/keep-trail.ts";
import { warnOfUnknownEvents } from "../decide/unknown-events.ts";
import { resolving } from "../settle/resolving.ts";
import { settleLearner } from "../settle/settle-learner.ts";
import { keepRefused } from "./keep-refused.ts";

type Context = { store: Store; log: Log; catalog: Catalog; learnerId: LearnerId; recordedAt: Timestamp };

/** An outcome for each event of a batch; and the learner as read last, where that was needed. */
export type SettledEvents = { outcomes: readonly EventOutcome[]; progress?: Progress };

/** Steps 2 to 4 for a batch whose facts are recorded. */
export async function settleEvents(context: Context, batch: RecordedBatch): Promise<SettledEvents> {
  const { store, catalog, learnerId, recordedAt } = context;
  if (batch.settling.size === 0) return { outcomes: applyUnread(batch) };
  const kept = new Set<InterpretedEvent>();
  const refused = new Map<InterpretedEvent, Refusal>();
  const trail: Trail = new Map();
  const { result, progress } = await settleLearner(
    resolving(catalog, store),
    learnerId,
    (reading) => {
      warnOfFaults(context, reading);
      const { outcomes, changes, isTorn } = applyEvents(catalog, reading.progress, { ...batch, refused }, recordedAt);
      return { changes, result: outcomes, isTorn };
    },
    // A completion is in the history before its flag is set, because a crash in between must not lose it:
    //   t1 A flags m   t2 A crashes   t3 m is complete, and the history does not know by what
    async (due, outcomes) => {
      for (const [event, refusal] of refusalsIn(batch, outcomes)) refused.set(event, refusal);
      await keepTrail(context, batch, trail, due);
      const accepted = batch.events.filter(
        (event, index) => event.claim && outcomes[index]?.accepted && !kept.has(event),
      );
      await Promise.all(accepted.map(({ attempt }) => attempt && store.addAttempt(learnerId, attempt)));
      for (const event of accepted) kept.add(event);
    },
  );
  await keepRefused(context, refused, progress);
  return { outcomes: await warnOfUnknownEvents(context, batch, result), progress };
}

const refusalsIn = ({ events }: RecordedBatch, outcomes: readonly EventOutcome[]) =>
  events.flatMap((event, index): [InterpretedEvent, Refusal][] => {
    const outcome = outcomes[index];
    return outcome && !outcome.accepted ? [[event, outcome]] : [];
  });

/** What is stored in faulty items is not for the log. */
function warnOfFaults({ log, learnerId }: Context, { faults }: Reading): void {
  if (faults.length === 0) return;
  log.warn("Stored items are faulty and count as nothing", {
    learner: pseudonymOf(learnerId),
    entities: faults.slice(0, 10).map(({ entity }) => entity),
    count: faults.length,
  });
}
