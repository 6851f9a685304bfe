import type { Catalog } from "../../catalog/catalog.ts";
import type { InterpretedEvent } from "../../completion/interpret-event.ts";
import type { LearnerId } from "../../model/learner.ts";
import type { Store } from "../../store/store.ts";
import { limitTo } from "../limit-to.ts";
import { writeAttempt } from "./write-attempt.ts";
import { writeFacts } from "./write-facts.ts";
import { writeHistory, writeView } from "./write-history.ts";
import { Written } from "./written.ts";

/** Writes of one learner that are under way at once. */
const WRITES_AT_ONCE = 32;

/**
 * Step 1: one write per touched entity, side by side, and what the history keeps. A claim is written nowhere before it
 * is accepted. A task with a limit takes a write per attempt, since each may be one too many.
 */
export async function writeEvents(
  { store, catalog, learnerId }: { store: Store; catalog: Catalog; learnerId: LearnerId },
  events: readonly InterpretedEvent[],
): Promise<Written> {
  const written = new Written();
  const limited = events.filter(({ maxAttempts }) => maxAttempts !== undefined);
  for (const interpreted of limited) await writeAttempt({ store, catalog, learnerId }, interpreted, written);

  const free = events.filter(({ maxAttempts }) => maxAttempts === undefined);
  const most = free.reduce((count, { facts }) => count + facts.length + 1, 0);
  const context = { store, learnerId, written, limit: limitTo(WRITES_AT_ONCE, most) };
  await Promise.all([writeFacts(context, free), writeHistory(context, free), writeView(context, free)]);
  return written;
}
