import {
  DeleteCommand,
  type DynamoDBDocumentClient,
  PutCommand,
  paginateQuery,
  QueryCommand,
  UpdateCommand,
} from "@aws-sdk/lib-dynamodb";
import type { Attempt } from "../../model/attempt.ts";
import { snakeKeys } from "../../model/case.ts";
import type { LearnerId } from "../../model/learner.ts";
import { encodeReview, MAX_REVIEWS } from "../../model/review.ts";
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
import { type Cursor, mergeLists } from "../merge-lists.ts";
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
import { call, conditionally } from "./client.ts";
import { dataLists, FIRST, inOrderOf } from "./data-lists.ts";
import { Expression } from "./expression.ts";
import { getItems } from "./get-items.ts";
import { LIST, listedAttempt } from "./lists.ts";
import type { Indexes, TableNames } from "./tables.ts";

/** So many items, of 32 KB at most, are in memory at once. */
const DATA_PAGE = 500;

/** What puts an item into its list says nothing of the attempt. */
const attemptIn = ({ [LIST]: _, ...item }: Item): Attempt => attemptOf(item);

function dataIn({ learner_id, record, occurred_at, completion_data: data }: Item): CompletionData[] {
  // It may have gone since, or the claim that it came with may be another's.
  if (data === undefined) return [];
  const identity = identityInKey(record);
  return [{ learnerId: String(learner_id), occurredAt: String(occurred_at), identity, data: parsed(data) }];
}

/** A learner's records whose keys begin so. */
const recordsBeginningWith = (expression: Expression, learnerId: LearnerId, prefix: string): string =>
  `${expression.name("learner_id")} = ${expression.value("learner", learnerId)}` +
  ` AND begins_with(${expression.name("record")}, ${expression.value("prefix", prefix)})`;

const isRefused = (expression: Expression): string =>
  `${expression.name("refused")} = ${expression.value("refused", true)}`;
const isAcceptedClaim = (expression: Expression): string =>
  `${expression.name("kind")} = ${expression.value("kind", "claim")} AND attribute_not_exists(${expression.name("refused")})`;

export function createRecordStore(client: DynamoDBDocumentClient, tables: TableNames, indexes: Indexes): RecordStore {
  const table = { TableName: tables.records };

  /** Everything of one kind that a learner has, strongly consistent. */
  const all = async (learnerId: LearnerId, prefix: string): Promise<Item[]> => {
    const expression = new Expression();
    const condition = recordsBeginningWith(expression, learnerId, prefix);
    const items: Item[] = [];
    const read = async () => {
      const query = { ...table, KeyConditionExpression: condition, ConsistentRead: true, ...expression.bindings };
      for await (const page of paginateQuery({ client }, query)) items.push(...(page.Items ?? []));
    };
    await call(read());
    return items;
  };

  const putOnce = async (item: Item): Promise<void> => {
    const put = new PutCommand({ ...table, Item: item, ConditionExpression: "attribute_not_exists(learner_id)" });
    await conditionally(client.send(put));
  };

  /** What is there stays, but where it gives way. */
  const putAttempt = (item: Item, givesWay?: (expression: Expression) => string) => {
    const expression = new Expression();
    const isNew = `attribute_not_exists(${expression.name("learner_id")})`;
    const put = new PutCommand({
      ...table,
      Item: item,
      ConditionExpression: givesWay ? `${isNew} OR (${givesWay(expression)})` : isNew,
      ReturnValues: "ALL_OLD",
      ...expression.bindings,
    });
    return conditionally(client.send(put));
  };

  const itemOf = (learnerId: LearnerId, attempt: Attempt): Item => ({
    ...attemptKey(learnerId, attempt),
    ...listedAttempt(learnerId, attemptAttributes(attempt)),
  });

  const standIn = async (learnerId: LearnerId, attempt: Attempt): Promise<void> => {
    const { statedAt, identity, refused } = attempt;
    if (statedAt === undefined) return;
    const stand = { ...attemptKey(learnerId, { occurredAt: statedAt, identity }), ...keptElsewhere(attempt) };
    if (refused) await putAttempt(stand, isRefused);
    else await call(client.send(new PutCommand({ ...table, Item: stand })));
  };

  /** A claim that was refused at the time of its receipt, and is kept as accepted at its own time. */
  const dropRefused = async (learnerId: LearnerId, attempt: Attempt): Promise<void> => {
    const expression = new Expression();
    const deletion = new DeleteCommand({
      ...table,
      Key: attemptKey(learnerId, attempt),
      ConditionExpression: isRefused(expression),
      ...expression.bindings,
    });
    await conditionally(client.send(deletion));
  };

  return {
    async firstReceipt(learnerId, identity, receivedAt) {
      const expression = new Expression();
      const update = new UpdateCommand({
        ...table,
        Key: receiptKey(learnerId, identity),
        UpdateExpression: expression.setMissing({ received_at: receivedAt }),
        ReturnValues: "ALL_NEW",
        ...expression.bindings,
      });
      const { Attributes: kept } = await call(client.send(update));
      return String(kept?.received_at);
    },

    async addAttempt(learnerId, attempt) {
      const item = itemOf(learnerId, attempt);
      if (attempt.changes !== undefined) {
        await call(client.send(new PutCommand({ ...table, Item: item })));
        return;
      }
      const outcome = await putAttempt(item, attempt.refused ? undefined : isRefused);
      const elsewhere = outcome === "lost" ? undefined : keptAt(outcome.Attributes);
      if (elsewhere !== undefined) await dropRefused(learnerId, { ...attempt, occurredAt: elsewhere });
      await standIn(learnerId, attempt);
    },

    async refuseClaim(learnerId, attempt) {
      await putAttempt(itemOf(learnerId, attempt), isAcceptedClaim);
      await standIn(learnerId, attempt);
    },

    async attempts(learnerId, { limit, after, moduleSlug, kind, eventId }) {
      const found: Attempt[] = [];
      let from = after && attemptKey(learnerId, after);
      // A filter is applied after the limit, so a page of the store may hold few of ours.
      do {
        const expression = new Expression();
        const condition = recordsBeginningWith(expression, learnerId, ATTEMPT_PREFIX);
        const names = kind && namesOfKind(kind).map((name, index) => expression.value(`kind_${index}`, name));
        const filter = [
          moduleSlug && `${expression.name("module_slug")} = ${expression.value("module", moduleSlug)}`,
          eventId && `${expression.name("event_id")} = ${expression.value("event", eventId)}`,
          names && `${expression.name("kind")} IN (${names.join(", ")})`,
        ]
          .filter(Boolean)
          .join(" AND ");
        const query = new QueryCommand({
          ...table,
          KeyConditionExpression: condition,
          ...(filter && { FilterExpression: filter }),
          ...expression.bindings,
          ConsistentRead: true,
          ScanIndexForward: false,
          ...(!filter && { Limit: limit - found.length }),
          ...(from && { ExclusiveStartKey: from }),
        });
        const { Items = [], LastEvaluatedKey } = await call(client.send(query));
        found.push(...Items.filter((item) => keptAt(item) === undefined).map(attemptIn));
        from = LastEvaluatedKey as typeof from;
      } while (from && found.length < limit);
      const attempts = found.slice(0, limit);
      const last = attempts.at(-1);
      return { attempts, next: last && (from || found.length > limit) ? last : undefined };
    },

    async *completionData(moduleSlug, range) {
      const lists = dataLists(client, tables, moduleSlug, { range, indexes });
      let after: Cursor | undefined;
      do {
        const page = await mergeLists(lists, { limit: DATA_PAGE, from: range.since ?? FIRST, after });
        const keys = page.rows.map(({ row }) => row);
        const items = await getItems(client, tables.records, keys, false);
        yield inOrderOf(keys, items).flatMap(dataIn);
        after = page.next;
      } while (after);
    },

    async startSession(learnerId, { startedAt, ...session }) {
      const key = sessionKey(learnerId, session.sessionId);
      const expression = new Expression();
      const { Attributes: before = {} } = await call(
        client.send(
          new UpdateCommand({
            ...table,
            Key: key,
            UpdateExpression: expression.setMissing(snakeKeys({ ...session, startedAt })),
            ReturnValues: "ALL_OLD",
            ...expression.bindings,
          }),
        ),
      );
      if (before.started_at === undefined || before.started_at <= startedAt) return;
      const earlier = new Expression();
      const update = new UpdateCommand({
        ...table,
        Key: key,
        UpdateExpression: earlier.set({ started_at: startedAt }),
        ConditionExpression: `${earlier.name("started_at")} > :started_at`,
        ...earlier.bindings,
      });
      await conditionally(client.send(update));
    },

    async endSession(learnerId, { sessionType, sessionId, ...end }, identity) {
      const expression = new Expression();
      // The same end sent again changes nothing, though its time may be believed only now.
      const added = expression.setMissing(snakeKeys({ ...end, sessionType, sessionId, endEventId: identity }));
      const ended = expression.name("ended_at");
      const update = new UpdateCommand({
        ...table,
        Key: sessionKey(learnerId, sessionId),
        UpdateExpression: added,
        ConditionExpression: `attribute_not_exists(${ended}) OR ${expression.name("end_event_id")} = :end_event_id`,
        ...expression.bindings,
      });
      return (await conditionally(client.send(update))) === "lost" ? "lost" : "written";
    },

    addSession: (learnerId, session) => putOnce({ ...sessionKey(learnerId, session.sessionId), ...snakeKeys(session) }),

    sessions: async (learnerId) => (await all(learnerId, SESSION_PREFIX)).map(sessionOf),

    async addCard(learnerId, card) {
      const expression = new Expression();
      const update = new UpdateCommand({
        ...table,
        Key: reviewKey(learnerId, card.moduleSlug, card.itemId),
        UpdateExpression: expression.set(snakeKeys(card)),
        ConditionExpression: `attribute_not_exists(${expression.name("created_at")})`,
        ...expression.bindings,
      });
      await conditionally(client.send(update));
    },

    async addReview(learnerId, { moduleSlug, itemId }, review) {
      const expression = new Expression();
      const named = expression.setMissing({ ...snakeKeys({ moduleSlug, itemId }), ...receiptAttribute(review) });
      const encoded = encodeReview(review);
      const update = new UpdateCommand({
        ...table,
        Key: reviewKey(learnerId, moduleSlug, itemId),
        ConditionExpression: expression.fitsIn("reviews", [encoded], MAX_REVIEWS),
        UpdateExpression: named + expression.add({ reviews: new Set([encoded]) }),
        ReturnValues: "ALL_NEW",
        ...expression.bindings,
      });
      const outcome = await conditionally(client.send(update));
      return outcome === "lost" ? "full" : cardOf(outcome.Attributes ?? {});
    },

    cards: async (learnerId) => (await all(learnerId, REVIEW_PREFIX)).map(cardOf),
  };
}
