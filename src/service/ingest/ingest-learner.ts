import type { Catalog } from "../../catalog/catalog.ts";
import { loadValidator } from "../../catalog/validate-data.ts";
import type { Grade } from "../../completion/grade.ts";
import { lockOf, mayBeRefused } from "../../completion/locks.ts";
import { type PreparedEvent, prepare, type Refusal } from "../../completion/prepare.ts";
import {
  type Acceptance,
  acceptWithoutReading,
  type EventOutcome,
  needReading,
  replay,
  type StatesBefore,
} from "../../completion/replay.ts";
import { entityKey } from "../../model/entity.ts";
import type { LearningEvent } from "../../model/event.ts";
import { type LearnerId, pseudonymOf } from "../../model/learner.ts";
import type { Timestamp } from "../../model/time.ts";
import type { Log } from "../../process/log.ts";
import type { Schedule } from "../../review/schedule-review.ts";
import type { Store } from "../../store/store.ts";
import { groupBy } from "../group-by.ts";
import { settleLearner } from "../settle/settle-learner.ts";
import { keepCompletion } from "./keep-completion.ts";
import { recordEvents } from "./record-events.ts";

/** An event that was taken: what it came to, besides what its kind of event is told. */
export type AcceptedEvent = Acceptance & {
  isClaim: boolean;
  grade: Grade | undefined;
  review: Schedule | undefined;
};
export type LearnerOutcome = AcceptedEvent | Refusal;

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
export async function ingestLearner(context: Context, events: readonly LearningEvent[]): Promise<LearnerOutcome[]> {
  if (events.some((event) => "completionData" in event)) await loadValidator();
  const prepared = events.map((event) => prepare(context.catalog, event, context.isTrusted));
  const taken = prepared.filter((event): event is PreparedEvent => !("accepted" in event));
  // Where order is enforced, an event waits for what the one before it has opened.
  const isOrdered = taken.some((event) => mayBeLocked(context.catalog, event));
  const groups = isOrdered ? taken.map((event) => [event]) : [taken];

  const outcomes = new Map<PreparedEvent, LearnerOutcome>();
  for (const group of groups)
    for (const [event, outcome] of await ingestGroup(context, group)) outcomes.set(event, outcome);
  return prepared.map((event) => ("accepted" in event ? event : (outcomes.get(event) as LearnerOutcome)));
}

/** Recommendations and reviews are not the learner's way through the content. */
function mayBeLocked(catalog: Catalog, { event }: PreparedEvent): boolean {
  switch (event.name) {
    case "learning_module_started":
    case "learning_module_progressed":
    case "learning_module_scored":
    case "learning_module_completed":
    case "learning_task_submitted":
      return mayBeRefused(catalog, { type: "module", slug: event.moduleSlug });
    default:
      return false;
  }
}

async function ingestGroup(
  context: Context,
  events: readonly PreparedEvent[],
): Promise<Map<PreparedEvent, LearnerOutcome>> {
  const { store, learnerId } = context;
  const locked = await lockedOut(context, events);
  const open = events.filter((event) => !locked.has(event));
  const { before, refused, warnings, reviews } = await recordEvents(store, learnerId, open);
  const recorded = open.filter((event) => !refused.has(event));
  const settled = await settleEvents(context, before, recorded);
  await keepCompletions(context, recorded, settled, before);

  const outcomes = new Map<PreparedEvent, LearnerOutcome>([...locked, ...refused]);
  for (const [index, event] of recorded.entries()) {
    const outcome = settled[index] as EventOutcome;
    const said = outcome.accepted ? [...outcome.warnings, ...(warnings.get(event) ?? [])] : [];
    outcomes.set(
      event,
      outcome.accepted
        ? {
            ...outcome,
            isClaim: event.claim !== undefined,
            warnings: said,
            grade: event.grade,
            review: reviews.get(event),
          }
        : outcome,
    );
  }
  return outcomes;
}

async function settleEvents(
  { store, log, catalog, learnerId, recordedAt }: Context,
  before: StatesBefore,
  events: readonly PreparedEvent[],
): Promise<EventOutcome[]> {
  if (!needReading(catalog, before, events)) return acceptWithoutReading(before, events);
  const kept = new Set<PreparedEvent>();
  // The Query follows the write: of two concurrent events, the later one sees both facts.
  const { result } = await settleLearner(
    store,
    learnerId,
    ({ progress, faults }) => {
      if (faults.length > 0)
        // What is stored there is not for the log.
        log.warn("Stored items are faulty and count as nothing", {
          learner: pseudonymOf(learnerId),
          entities: faults.slice(0, 10).map(({ entity }) => entity),
          count: faults.length,
        });
      const { outcomes, changes } = replay(catalog, progress, before, events, recordedAt);
      return { changes, result: outcomes };
    },
    // A completion is in the history before its flag is set.
    async (_, outcomes) => {
      const accepted = events.filter((event, index) => event.claim && outcomes[index]?.accepted && !kept.has(event));
      await Promise.all(accepted.map(({ attempt }) => attempt && store.addAttempt(learnerId, attempt)));
      for (const event of accepted) kept.add(event);
    },
  );
  return result;
}

/** Events for modules that are locked, where that is enforced. */
async function lockedOut(
  { store, catalog, learnerId }: Context,
  events: readonly PreparedEvent[],
): Promise<Map<PreparedEvent, Refusal>> {
  const refusals = new Map<PreparedEvent, Refusal>();
  const ordered = events.filter((event) => mayBeLocked(catalog, event));
  if (ordered.length === 0) return refusals;
  const { progress } = await store.read(learnerId);
  for (const prepared of ordered) {
    const { event } = prepared;
    const slug = "moduleSlug" in event ? (event.moduleSlug ?? "") : "";
    const lock = lockOf(catalog, progress, { type: "module", slug });
    if (!lock?.enforced) continue;
    const names = lock.by.map((entity) => `${entity.type} ${entity.slug}`).join(", ");
    const reason = `The module ${slug} is locked until these are complete: ${names}`;
    refusals.set(prepared, { accepted: false, code: "MODULE_LOCKED", reason, locked_by: lock.by });
  }
  return refusals;
}

/** What completing a module leaves besides its flag: a session, and cards to review. */
async function keepCompletions(
  { store, catalog, learnerId }: Context,
  events: readonly PreparedEvent[],
  outcomes: readonly EventOutcome[],
  before: StatesBefore,
): Promise<void> {
  const completions = events.flatMap(({ event }, index) => {
    const outcome = outcomes[index];
    if (!outcome?.accepted) return [];
    const modules = [...(outcome.module ? [outcome.module] : []), ...outcome.alsoCompleted];
    return modules.map((module) => ({ event, module }));
  });
  // What is kept once is what the first of a module's events leaves.
  const byModule = groupBy(completions, ({ module }) => module.slug);
  await Promise.all(
    [...byModule].map(async ([slug, inOrder]) => {
      const earlier = before.get(entityKey({ type: "module", slug }))?.facts;
      for (const { event, module } of inOrder) await keepCompletion(store, catalog, learnerId, event, module, earlier);
    }),
  );
}
