import type { Attempt } from "../../model/attempt.ts";
import { snakeKeys } from "../../model/case.ts";
import type { LearnerId } from "../../model/learner.ts";
import { encodeReview, MAX_REVIEWS, type ReviewCard } from "../../model/review.ts";
import type { Item } from "../items.ts";
import {
  ATTEMPT_PREFIX,
  attemptKey,
  identityInKey,
  REVIEW_PREFIX,
  receiptKey,
  reviewKey,
  SESSION_PREFIX,
  sessionKey,
} from "../keys.ts";
import {
  attemptAttributes,
  attemptOf,
  cardOf,
  keptAt,
  keptElsewhere,
  namesOfKind,
  parsed,
  receiptAttribute,
  sessionOf,
} from "../record-items.ts";
import type { CompletionData, RecordStore } from "../record-store.ts";
import type { Access } from "./access.ts";
import { bucketOf } from "./bucket.ts";
import { type Row, startingWith } from "./table.ts";

const NO_LIMIT = -1;
const DATA_PAGE = 500;

export function createRecordStore(access: Access): RecordStore {
  const table = access.records;
  const { database } = access;
  const row = "learner_id, record AS key, item, sum";
  const selectAttempts = database.prepare(
    `SELECT ${row} FROM records WHERE bucket = ? AND learner_id = ? AND record >= ? AND record < ?` +
      " AND item ->> '$.kept_at' IS NULL" +
      " AND (? IS NULL OR item ->> '$.module_slug' = ?) AND (? IS NULL OR item ->> '$.event_id' = ?)" +
      " AND (? IS NULL OR item ->> '$.kind' IN (?, ?))" +
      " ORDER BY record DESC LIMIT ?",
  );
  const selectData = database.prepare(
    `SELECT ${row}, occurred_at FROM records INDEXED BY completion_data WHERE data_of = ? AND occurred_at >= ?` +
      " AND occurred_at < ? AND (occurred_at, learner_id, record) > (?, ?, ?) ORDER BY occurred_at, learner_id, record LIMIT ?",
  );

  const all = (learnerId: LearnerId, prefix: string): Promise<Item[]> =>
    access.read(() => table.page(learnerId, startingWith(prefix), NO_LIMIT));

  /** Changes the item of a key, which may not be there yet; without an item, leaves it alone. */
  const change = <T>(
    { learner_id, record }: { learner_id: string; record: string },
    by: (item: Item) => { item?: Item; outcome: T },
  ): Promise<T> =>
    access.write(() => {
      const { item, outcome } = by(table.get(learner_id, record) ?? {});
      if (item !== undefined) table.put(learner_id, record, item);
      return outcome;
    });

  const putOnce = ({ learner_id, record }: { learner_id: string; record: string }, item: Item): Promise<void> =>
    access.write(() => {
      if (table.get(learner_id, record) === undefined) table.put(learner_id, record, item);
    });

  /** A claim that was refused at the time of its receipt, and is kept as accepted at its own time. */
  const dropRefused = (learnerId: LearnerId, attempt: Attempt): void => {
    const { record } = attemptKey(learnerId, attempt);
    if (table.get(learnerId, record)?.refused === true) table.delete(learnerId, record);
  };

  const putAttempt = (learnerId: LearnerId, attempt: Attempt): void => {
    const { record } = attemptKey(learnerId, attempt);
    const before = table.get(learnerId, record);
    const isKept = before !== undefined && (attempt.refused || before.refused !== true);
    if (isKept && attempt.changes === undefined) return;
    table.put(learnerId, record, attemptAttributes(attempt));
    const elsewhere = keptAt(before);
    if (elsewhere !== undefined) dropRefused(learnerId, { ...attempt, occurredAt: elsewhere });
  };

  const standIn = (learnerId: LearnerId, attempt: Attempt): void => {
    const { statedAt, identity } = attempt;
    if (statedAt === undefined) return;
    const { record } = attemptKey(learnerId, { occurredAt: statedAt, identity });
    const before = table.get(learnerId, record);
    if (!attempt.refused || before === undefined || before.refused === true)
      table.put(learnerId, record, keptElsewhere(attempt));
  };

  return {
    firstReceipt: (learnerId, identity, receivedAt) =>
      change(receiptKey(learnerId, identity), ({ received_at: kept }) =>
        kept === undefined ? { item: { received_at: receivedAt }, outcome: receivedAt } : { outcome: String(kept) },
      ),

    addAttempt: (learnerId, attempt) =>
      access.write(() => {
        putAttempt(learnerId, attempt);
        standIn(learnerId, attempt);
      }),

    refuseClaim: (learnerId, attempt) =>
      access.write(() => {
        const { record } = attemptKey(learnerId, attempt);
        const { kind, refused } = table.get(learnerId, record) ?? {};
        if (kind === "claim" && refused !== true) table.put(learnerId, record, attemptAttributes(attempt));
        else putAttempt(learnerId, attempt);
        standIn(learnerId, attempt);
      }),

    attempts: (learnerId, { limit, after, moduleSlug = null, kind = null, eventId = null }) =>
      access.read(() => {
        const { from, to } = startingWith(ATTEMPT_PREFIX);
        const range = [bucketOf(learnerId), learnerId, from, after ? attemptKey(learnerId, after).record : to] as const;
        const [name = null, formerName = null] = kind === null ? [] : namesOfKind(kind);
        const filters = [moduleSlug, moduleSlug, eventId, eventId, kind, name, formerName] as const;
        const rows = selectAttempts.all(...range, ...filters, limit + 1) as Row[];
        const attempts = rows.slice(0, limit).map((found) => attemptOf(table.itemOf(found)));
        return { attempts, next: rows.length > limit ? attempts.at(-1) : undefined };
      }),

    async *completionData(moduleSlug, { since = "0", until = "~" }) {
      let after = ["", "", ""] as [string, string, string];
      let page: (Row & { occurred_at: string })[];
      do {
        page = await access.read(
          () => selectData.all(moduleSlug, since, until, ...after, DATA_PAGE) as (Row & { occurred_at: string })[],
        );
        const last = page.at(-1);
        if (last) after = [last.occurred_at, last.learner_id, last.key];
        yield page.map((found): CompletionData => {
          const { completion_data: data } = table.attributesOf(found);
          const { learner_id: learnerId, key, occurred_at: occurredAt } = found;
          return { learnerId, occurredAt, identity: identityInKey(key), data: parsed(data) };
        });
      } while (page.length === DATA_PAGE);
    },

    startSession: (learnerId, { startedAt, ...session }) =>
      change(sessionKey(learnerId, session.sessionId), (before) => {
        const stored = before.started_at;
        const earliest = stored === undefined || String(stored) > startedAt ? startedAt : stored;
        return { item: { ...snakeKeys(session), ...before, started_at: earliest }, outcome: undefined };
      }),

    endSession: (learnerId, session, identity) =>
      change<"written" | "lost">(sessionKey(learnerId, session.sessionId), (before) => {
        if (before.ended_at !== undefined && before.end_event_id !== identity) return { outcome: "lost" };
        // The same end sent again changes nothing, though its time may be believed only now.
        return { item: { ...snakeKeys({ ...session, endEventId: identity }), ...before }, outcome: "written" };
      }),

    addSession: (learnerId, session) => putOnce(sessionKey(learnerId, session.sessionId), snakeKeys(session)),

    sessions: async (learnerId) => (await all(learnerId, SESSION_PREFIX)).map(sessionOf),

    addCard: (learnerId, card) =>
      change(reviewKey(learnerId, card.moduleSlug, card.itemId), (before) =>
        before.created_at === undefined
          ? { item: { ...before, ...snakeKeys(card) }, outcome: undefined }
          : { outcome: undefined },
      ),

    addReview: (learnerId, { moduleSlug, itemId }, review) =>
      change<ReviewCard | "full">(reviewKey(learnerId, moduleSlug, itemId), (before) => {
        const held = before.reviews instanceof Set ? before.reviews : new Set();
        const reviews = new Set([...held, encodeReview(review)]);
        if (reviews.size > MAX_REVIEWS && reviews.size > held.size) return { outcome: "full" };
        const item = { ...snakeKeys({ moduleSlug, itemId }), ...receiptAttribute(review), ...before, reviews };
        return { item, outcome: cardOf(item) };
      }),

    cards: async (learnerId) => (await all(learnerId, REVIEW_PREFIX)).map(cardOf),
  };
}
