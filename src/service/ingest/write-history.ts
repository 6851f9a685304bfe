import type { InterpretedEvent } from "../../completion/interpret-event.ts";
import { laterView, type View } from "../../model/progress.ts";
import { MAX_REVIEWS } from "../../model/review.ts";
import { groupBy } from "../group-by.ts";
import { linkOf } from "./link-identities.ts";
import type { Writing } from "./write-facts.ts";

/** What the history keeps of events, lane by lane: what is in a lane is written one after the other. */
export async function writeHistory(writing: Writing, events: readonly InterpretedEvent[]): Promise<void> {
  const lanes = groupBy(events, (interpreted): unknown => interpreted.lane ?? interpreted);
  const write = async (lane: readonly InterpretedEvent[]): Promise<void> => {
    for (const interpreted of lane) await writeRecords(writing, interpreted);
  };
  await Promise.all([...lanes.values()].map((lane) => writing.limit(write, lane)));
}

async function writeRecords(writing: Writing, interpreted: InterpretedEvent): Promise<void> {
  const { store, learnerId } = writing;
  const { attempt, claim, decision, sessionStart } = interpreted;
  // A claim's attempt is kept once the claim is accepted.
  if (attempt && !claim) await store.addAttempt(learnerId, attempt);
  if (decision) await store.addDecision(learnerId, decision);
  const link = linkOf(learnerId, decision);
  if (link) await store.addLink(link);
  if (sessionStart) await store.startSession(learnerId, sessionStart);
  await writeSessionEnd(writing, interpreted);
  await writeReview(writing, interpreted);
}

async function writeSessionEnd({ store, learnerId, written }: Writing, interpreted: InterpretedEvent): Promise<void> {
  const { event, sessionEnd } = interpreted;
  if (sessionEnd === undefined) return;
  const outcome = await store.endSession(learnerId, sessionEnd, event.identity);
  if (outcome !== "lost") return;
  const message = `The session ${sessionEnd.sessionId} has ended already; this end changes nothing`;
  written.warnings.set(interpreted, [{ code: "SESSION_ALREADY_ENDED", message }]);
}

async function writeReview({ store, learnerId, written }: Writing, interpreted: InterpretedEvent): Promise<void> {
  if (interpreted.review === undefined) return;
  const { card, review } = interpreted.review;
  const reviewed = await store.addReview(learnerId, card, review);
  if (reviewed !== "full") {
    // Few events are reviews, and what works out the next one takes a while to start.
    const { scheduleReview } = await import("../../review/schedule-review.ts");
    written.reviews.set(interpreted, scheduleReview(reviewed));
    return;
  }
  const reason = `The item ${card.itemId} has been reviewed ${MAX_REVIEWS} times, and no more is kept. Do not send the event again.`;
  written.refused.set(interpreted, { accepted: false, code: "MODULE_FULL", reason });
}

/** The latest view alone is kept. */
export async function writeView({ store, learnerId }: Writing, events: readonly InterpretedEvent[]): Promise<void> {
  let last: View | undefined;
  for (const { view } of events) if (view) last = laterView(last, view);
  if (last) await store.keepView(learnerId, last);
}
