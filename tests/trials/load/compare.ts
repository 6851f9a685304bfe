import { isDeepStrictEqual } from "node:util";
import pLimit from "p-limit";
import type { Store } from "../../../src/store/store.ts";
import {
  asList,
  attemptsIn,
  expectedAttempts,
  expectedRecord,
  expectedSchedules,
  expectedSessions,
  type RecordContent,
  scheduleIn,
  storedRecord,
} from "../../support/oracles/record-oracle.ts";
import type { LearnerRecord } from "./party.ts";
import type { Tally } from "./tally.ts";

const LEARNERS_AT_ONCE = 16;

export type Compared = { learners: number; facts: number; flags: number; attempts: number; transitions: number };

/** Holds what the store has of every learner against what the senders were told, and what the oracle makes of that. */
export async function compareWithOracle(
  store: Store,
  content: RecordContent,
  records: readonly LearnerRecord[],
  tally: Tally,
): Promise<Compared> {
  const compared: Compared = { learners: 0, facts: 0, flags: 0, attempts: 0, transitions: 0 };
  const limit = pLimit(LEARNERS_AT_ONCE);
  await Promise.all(records.map((record) => limit(() => compareLearner(store, content, record, tally, compared))));
  return compared;
}

async function compareLearner(
  store: Store,
  content: RecordContent,
  { learner, taken, refused, claims, reporters }: LearnerRecord,
  tally: Tally,
  compared: Compared,
): Promise<void> {
  const same = (what: string, stored: unknown, expected: unknown) => {
    if (!isDeepStrictEqual(stored, expected))
      tally.violation(
        `${learner}: ${what} ${JSON.stringify(differing(stored, expected))}, and not ${JSON.stringify(differing(expected, stored))}`,
      );
  };
  const [reading, { attempts }, sessions, cards] = await Promise.all([
    store.read(learner),
    store.attempts(learner, { limit: 100_000 }),
    store.sessions(learner),
    store.cards(learner),
  ]);
  const expected = expectedRecord(
    content,
    taken.map(({ statement }) => statement),
    claims,
  );
  const { facts, flags, eventIds } = storedRecord(reading);
  same("facts", facts, expected.facts);
  same("flags", flags, expected.flags);
  const accepted = new Set(taken.map(({ identity }) => identity));
  const standing = refused.filter(({ identity }) => !accepted.has(identity));
  same("history", asList(attemptsIn(attempts)), expectedAttempts([...taken, ...standing]));
  const own = sessions
    .filter(({ sessionId }) => !sessionId.startsWith("module "))
    // When it came in, the oracle does not know.
    .map(({ receivedAt: _, ...session }) => session);
  same(
    "sessions",
    Object.fromEntries(own.map((session) => [session.sessionId, session])),
    expectedSessions(taken, ([end]) => end),
  );
  same("reviews", scheduleIn(cards), expectedSchedules(taken));

  const holders = Object.keys(flags).filter((entity) => !entity.startsWith("module/"));
  // Each transition by the event whose identity the flag has, and by no other.
  same("newly_completed by", reporters, Object.fromEntries(holders.map((entity) => [entity, [eventIds[entity]]])));

  compared.learners++;
  compared.facts += Object.keys(facts).length;
  compared.flags += Object.keys(flags).length;
  compared.attempts += attempts.length;
  compared.transitions += holders.length;
}

/** What of one thing is not in the other. */
function differing(one: unknown, other: unknown): unknown {
  if (Array.isArray(one) && Array.isArray(other)) return one.filter((value) => !other.includes(value));
  if (typeof one !== "object" || one === null || typeof other !== "object" || other === null) return one;
  return Object.fromEntries(
    Object.entries(one).filter(([key, value]) => !isDeepStrictEqual(value, (other as Record<string, unknown>)[key])),
  );
}
