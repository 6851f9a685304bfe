import { standingVoids } from "../../completion/decisions/standing-voids.ts";
import type { Identity } from "../../model/identity.ts";
import type { LearnerId } from "../../model/learner.ts";
import type { AttemptCursor, CompletionData } from "../../store/record-store.ts";
import type { Store } from "../../store/store.ts";
import { ofLearner } from "../identity/reading-store.ts";
import { limitTo } from "../limit-to.ts";

/** Learners of a page whose decisions are read side by side. */
const AT_ONCE = 32;

/**
 * Of a page of completion data what counts: not what is void, by whichever of the learner's ids that was decided. The index
 * does not know what is void, since a void may come before its event and be taken back. Costs half a unit for each
 * learner's identity, and Queries of the decisions and the history for who has voids or is linked.
 */
export async function countingData(store: Store, page: readonly CompletionData[]): Promise<CompletionData[]> {
  const learners = [...new Set(page.map(({ learnerId }) => learnerId))];
  const identities = await store.identitiesAmong(learners);
  const limit = limitTo(AT_ONCE, learners.length);
  const voided = new Set<string>();
  const look = async (learnerId: LearnerId, { links, hasVoids }: Identity): Promise<void> => {
    if (links === undefined && hasVoids === undefined) return;
    for (const record of await voidedRecords(store, learnerId, links !== undefined))
      voided.add(keyOf(learnerId, record));
  };
  await Promise.all([...identities].map(([learnerId, identity]) => limit(() => look(learnerId, identity))));
  return page.filter((one) => !voided.has(keyOf(one.learnerId, one)));
}

const keyOf = (learnerId: LearnerId, { occurredAt, identity }: AttemptCursor): string =>
  [learnerId, occurredAt, identity].join("\n");

/** The void records in the history of one id. */
async function voidedRecords(store: Store, learnerId: LearnerId, isLinked: boolean): Promise<AttemptCursor[]> {
  const decided = isLinked ? ofLearner(store, learnerId).store : store;
  const voids = standingVoids(await decided.decisions(learnerId));
  const found: AttemptCursor[] = [];
  if (voids.size === 0) return found;
  let after: AttemptCursor | undefined;
  do {
    const page = await store.attempts(learnerId, { limit: 100, after });
    found.push(...page.attempts.filter(({ eventId }) => voids.has(eventId)));
    after = page.next;
  } while (after);
  return found;
}
