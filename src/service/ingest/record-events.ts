import pLimit from "p-limit";
import type { PreparedEvent, Refusal } from "../../completion/prepare.ts";
import type { StatesBefore } from "../../completion/replay.ts";
import { type EntityRef, entityKey } from "../../model/entity.ts";
import type { LearningEvent } from "../../model/event.ts";
import type { LearnerId } from "../../model/learner.ts";
import { type Facts, type FlaggedState, laterView, mergeFacts, type View } from "../../model/progress.ts";
import { MAX_RESULTS } from "../../model/result.ts";
import { MAX_REVIEWS } from "../../model/review.ts";
import type { Warning } from "../../model/warning.ts";
import { type Schedule, scheduleReview } from "../../review/schedule-review.ts";
import type { Store } from "../../store/store.ts";
import { groupBy } from "../group-by.ts";

/** Writes of one learner that are under way at once. */
const WRITES_AT_ONCE = 32;

/** What recording a learner's events came to. */
export type Recorded = {
  before: StatesBefore;
  refused: Map<PreparedEvent, Refusal>;
  warnings: Map<PreparedEvent, Warning[]>;
  reviews: Map<PreparedEvent, Schedule>;
};

/**
 * Step 1: one write per touched entity, side by side, and what history keeps. What is only claimed is neither: it is
 * kept once it is accepted. A task with a limit takes a write per attempt, since each may be one too many.
 */
export async function recordEvents(
  store: Store,
  learnerId: LearnerId,
  events: readonly PreparedEvent[],
): Promise<Recorded> {
  const before = new Map<string, FlaggedState>();
  const recorded = { before, refused: new Map(), warnings: new Map(), reviews: new Map() };
  for (const prepared of events)
    if (prepared.maxAttempts !== undefined) await recordAttempt(store, learnerId, prepared, recorded, before);

  const free = events.filter(({ maxAttempts }) => maxAttempts === undefined);
  const limit = pLimit(WRITES_AT_ONCE);
  const facts = [...coalesced(free)].map(([key, { entity, facts }]) =>
    limit(async () => {
      const state = await store.record(learnerId, entity, facts);
      if (typeof state === "string") await recordOneByOne(store, learnerId, entity, free, recorded);
      else if (!before.has(key)) before.set(key, state);
    }),
  );
  const history = [...groupBy(free, ({ event }) => laneOf(event)).values()].map((lane) =>
    limit(async () => {
      for (const prepared of lane) await recordHistory(store, learnerId, prepared, recorded);
    }),
  );
  const view = lastView(free);
  await Promise.all([...facts, ...history, view && store.recordView(learnerId, view)]);
  return recorded;
}

/** Events of one session, or reviews of one card, are told of those before them, and so come one after the other. */
function laneOf(event: LearningEvent): unknown {
  if (event.name === "learning_session_started" || event.name === "learning_session_ended")
    return `session ${event.sessionId}`;
  return event.name === "learning_item_reviewed" ? `card ${event.moduleSlug} ${event.itemId}` : event;
}

async function recordAttempt(
  store: Store,
  learnerId: LearnerId,
  prepared: PreparedEvent,
  { refused }: Recorded,
  before: Map<string, FlaggedState>,
): Promise<void> {
  const { event, facts, attempt, maxAttempts: most } = prepared;
  if (event.name !== "learning_task_submitted" || most === undefined || attempt === undefined) return;
  for (const { entity, facts: stated } of facts) {
    const guard = { task: event.taskSlug, most, eventId: event.id };
    const state = await store.record(learnerId, entity, stated, guard);
    if (state === "full") {
      refused.set(prepared, moduleFull(entity));
      return;
    }
    if (state === "refused") {
      const reason = `All ${most} ${most === 1 ? "attempt" : "attempts"} of the task ${event.taskSlug} have been made`;
      refused.set(prepared, { accepted: false, code: "ATTEMPTS_EXHAUSTED", reason, max_attempts: most });
      return;
    }
    if (!before.has(entityKey(entity))) before.set(entityKey(entity), state);
  }
  await store.addAttempt(learnerId, attempt);
}

const moduleFull = ({ slug }: EntityRef): Refusal => ({
  accepted: false,
  code: "MODULE_FULL",
  reason:
    `So much is stored of this learner's module ${slug} that no more is taken: up to ${MAX_RESULTS} results each of ` +
    "steps, tasks and scores. Look whether the names that are sent are those of the module. Do not send the event again.",
});

const cardFull = (itemId: string): Refusal => ({
  accepted: false,
  code: "MODULE_FULL",
  reason: `The item ${itemId} has been reviewed ${MAX_REVIEWS} times, and no more is kept. Do not send the event again.`,
});

/** What does not fit as a whole: each event that fits is taken. Attempts stay in the history: they were made. */
async function recordOneByOne(
  store: Store,
  learnerId: LearnerId,
  entity: EntityRef,
  events: readonly PreparedEvent[],
  { before, refused }: Pick<Recorded, "refused"> & { before: Map<string, FlaggedState> },
): Promise<void> {
  const key = entityKey(entity);
  for (const prepared of events)
    for (const stated of prepared.facts.filter((fact) => entityKey(fact.entity) === key)) {
      const state = await store.record(learnerId, entity, stated.facts);
      if (typeof state === "string") refused.set(prepared, moduleFull(entity));
      else if (!before.has(key)) before.set(key, state);
    }
}

function coalesced(events: readonly PreparedEvent[]): Map<string, { entity: EntityRef; facts: Facts }> {
  const stated = new Map<string, { entity: EntityRef; facts: Facts }>();
  for (const { entity, facts } of events.flatMap((prepared) => prepared.facts)) {
    const key = entityKey(entity);
    stated.set(key, { entity, facts: mergeFacts(stated.get(key)?.facts ?? {}, facts) });
  }
  return stated;
}

async function recordHistory(
  store: Store,
  learnerId: LearnerId,
  prepared: PreparedEvent,
  recorded: Recorded,
): Promise<void> {
  const { event, attempt, claim } = prepared;
  if (attempt && !claim) await store.addAttempt(learnerId, attempt);
  if (event.name === "learning_session_started") {
    const { sessionId, sessionType, moduleSlug, source, language } = event;
    const context = { ...(moduleSlug && { moduleSlug }), ...(source && { source }), ...(language && { language }) };
    await store.startSession(learnerId, { sessionId, sessionType, ...context, startedAt: event.at });
  }
  if (event.name === "learning_session_ended") {
    const { sessionId, sessionType, itemsStudied, itemsCorrect } = event;
    const counts = {
      ...(itemsStudied !== undefined && { itemsStudied }),
      ...(itemsCorrect !== undefined && { itemsCorrect }),
    };
    const outcome = await store.endSession(
      learnerId,
      { sessionId, sessionType, ...counts, endedAt: event.at },
      event.id,
    );
    const message = `The session ${sessionId} has ended already; this end changes nothing`;
    if (outcome === "lost") recorded.warnings.set(prepared, [{ code: "SESSION_ALREADY_ENDED", message }]);
  }
  if (event.name === "learning_item_reviewed") {
    const { moduleSlug, itemId, rating, at, id: eventId } = event;
    const card = await store.addReview(learnerId, { moduleSlug, itemId }, { at, rating, eventId });
    if (card === "full") recorded.refused.set(prepared, cardFull(itemId));
    else recorded.reviews.set(prepared, scheduleReview(card));
  }
}

function lastView(events: readonly PreparedEvent[]): View | undefined {
  let view: View | undefined;
  for (const { event } of events)
    if (event.name === "learning_page_viewed")
      view = laterView(view, { viewedAt: event.at, contentType: event.contentType, slug: event.slug });
  return view;
}
