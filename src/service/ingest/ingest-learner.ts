import type { Catalog } from "../../catalog/catalog.ts";
import type { Feedback } from "../../catalog/quiz.ts";
import { loadValidator } from "../../catalog/validate-data.ts";
import type { Acceptance, EventOutcome } from "../../completion/event-outcome.ts";
import type { Grade } from "../../completion/grade.ts";
import { type InterpretedEvent, interpretEvent } from "../../completion/interpret-event.ts";
import { recordedBatch } from "../../completion/recorded-batch.ts";
import type { Refusal } from "../../completion/refusal.ts";
import { type LearningEvent, statementOf } from "../../model/events/index.ts";
import type { LearnerId } from "../../model/learner.ts";
import type { Timestamp } from "../../model/time.ts";
import type { Log } from "../../process/log.ts";
import type { Schedule } from "../../review/schedule-review.ts";
import type { Store } from "../../store/store.ts";
import { noteDecision } from "../decide/note-decision.ts";
import { noteLateModules } from "../decide/note-late-modules.ts";
import { addCompletionRecords } from "./add-completion-records.ts";
import { keepRefused } from "./keep-refused.ts";
import { lockedOut, mayBeLocked } from "./locked-out.ts";
import { settleEvents } from "./settle-events.ts";
import { writeEvents } from "./write-events.ts";
import type { Written } from "./written.ts";

/** An event that was taken: what it came to, besides what its kind of event is told. */
export type AcceptedEvent = Acceptance & {
  isClaim: boolean;
  grade: Grade | undefined;
  /** What its learner is told of the grade. */
  feedback: Feedback;
  review: Schedule | undefined;
};
export type IngestOutcome = AcceptedEvent | Refusal;

type Context = {
  store: Store;
  log: Log;
  catalog: Catalog;
  learnerId: LearnerId;
  recordedAt: Timestamp;
  /** Whether the sender may assert results that a learner's own browser may not. */
  isTrusted: boolean;
};

/** Record, read, settle, flag: one learner's events, in order of time. Returns an outcome for each. */
export async function ingestLearner(context: Context, events: readonly LearningEvent[]): Promise<IngestOutcome[]> {
  const { catalog, isTrusted } = context;
  if (events.some((event) => statementOf(event).completionData !== undefined)) await loadValidator();
  const interpreted = events.map((event) => interpretEvent(catalog, event, isTrusted));
  const taken = interpreted.filter((event): event is InterpretedEvent => !("accepted" in event));
  // Where order is enforced, an event waits for what the one before it has opened.
  const isOrdered = taken.some((event) => mayBeLocked(catalog, event));
  const groups = isOrdered ? taken.map((event) => [event]) : groupsBetweenDecisions(taken);

  const outcomes = new Map<InterpretedEvent, IngestOutcome>();
  for (const group of groups)
    for (const [event, outcome] of await ingestGroup(context, group)) outcomes.set(event, outcome);
  return interpreted.map((event) => ("accepted" in event ? event : (outcomes.get(event) as IngestOutcome)));
}

/** A decision is settled by itself, and what comes after it by what it has left. */
function groupsBetweenDecisions(events: readonly InterpretedEvent[]): InterpretedEvent[][] {
  const groups: InterpretedEvent[][] = [];
  let isOpen = false;
  for (const event of events) {
    if (isOpen && event.decision === undefined) groups.at(-1)?.push(event);
    else groups.push([event]);
    isOpen = event.decision === undefined;
  }
  return groups;
}

async function ingestGroup(
  context: Context,
  events: readonly InterpretedEvent[],
): Promise<Map<InterpretedEvent, IngestOutcome>> {
  const { catalog } = context;
  const locked = await lockedOut(context, events);
  await keepRefused(context, locked);
  const open = events.filter((event) => !locked.has(event));
  const written = await writeEvents(context, open);
  const recorded = open.filter((event) => !written.refused.has(event));
  const batch = recordedBatch(catalog, written.before, recorded);
  for (const { decision } of recorded) if (decision) await noteDecision(context, decision);
  const settled = await settleEvents(context, batch);
  await noteLateModules(context, batch, settled.progress);
  await addCompletionRecords(context, batch, settled);

  const outcomes = new Map<InterpretedEvent, IngestOutcome>([...locked, ...written.refused]);
  for (const [index, event] of recorded.entries())
    outcomes.set(event, outcomeOf(event, settled.outcomes[index] as EventOutcome, written));
  return outcomes;
}

function outcomeOf(event: InterpretedEvent, outcome: EventOutcome, { warnings, reviews }: Written): IngestOutcome {
  if (!outcome.accepted) return outcome;
  return {
    ...outcome,
    isClaim: event.claim !== undefined,
    warnings: [...outcome.warnings, ...(warnings.get(event) ?? [])],
    grade: event.grade,
    feedback: event.feedback,
    review: reviews.get(event),
  };
}
