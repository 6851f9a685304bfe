import type { EventOutcome } from "../../completion/event-outcome.ts";
import type { RecordedBatch } from "../../completion/recorded-batch.ts";
import { type Decision, isWithdrawal, type Void } from "../../model/decision.ts";
import type { LearnerId } from "../../model/learner.ts";
import { sourceOf } from "../../model/source.ts";
import type { Warning } from "../../model/warning.ts";
import type { Store } from "../../store/store.ts";

type Context = { store: Store; learnerId: LearnerId };

/**
 * Warns of a void whose event nothing tells of. What is kept of its facts or of a decision tells at once; only where
 * neither does, the history and the cards are looked through.
 */
export async function warnOfUnknownEvents(
  context: Context,
  { events }: RecordedBatch,
  outcomes: readonly EventOutcome[],
): Promise<EventOutcome[]> {
  return Promise.all(
    outcomes.map(async (outcome, index) => {
      const decision = events[index]?.decision;
      if (!outcome.accepted || decision?.kind !== "void" || isWithdrawal(decision)) return outcome;
      if (outcome.module !== undefined || outcome.flagged.length > 0 || (await isKnown(context, decision)))
        return outcome;
      return { ...outcome, warnings: [...outcome.warnings, warningOf(decision)] };
    }),
  );
}

async function isKnown({ store, learnerId }: Context, { voids }: Void): Promise<boolean> {
  const isOfIt = ({ eventId }: Pick<Decision, "eventId">) => eventId === voids;
  if ((await store.decisions(learnerId)).some(isOfIt)) return true;
  const { attempts } = await store.attempts(learnerId, { limit: 1, eventId: voids });
  if (attempts.length > 0) return true;
  const cards = await store.cards(learnerId);
  return cards.some(({ reviews }) => reviews.some(({ source }) => source === sourceOf(voids)));
}

const warningOf = ({ voids }: Void): Warning => ({
  code: "UNKNOWN_EVENT",
  message:
    `Nothing is stored of an event ${voids} of this learner yet; the void is kept, and counts when it comes. Starts, ` +
    "enrolments, recommendations, views and sessions are not kept event by event, and a void takes none of them back",
});
