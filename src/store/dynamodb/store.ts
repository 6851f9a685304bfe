import { isDeepStrictEqual } from "node:util";
import {
  DeleteCommand,
  type DynamoDBDocumentClient,
  GetCommand,
  paginateQuery,
  QueryCommand,
  UpdateCommand,
} from "@aws-sdk/lib-dynamodb";
import { type EntityRef, entityKey } from "../../model/entity.ts";
import { AppError } from "../../model/errors.ts";
import type { LearnerId } from "../../model/learner.ts";
import { type EntityState, type Facts, type Flag, mergeFacts, type View } from "../../model/progress.ts";
import { encodeResult, MAX_RESULTS } from "../../model/result.ts";
import { isTimestamp, type Timestamp } from "../../model/time.ts";
import { call, conditionally } from "./client.ts";
import { Expression } from "./expression.ts";
import {
  CLEARED,
  ENROLMENT_ATTRIBUTES,
  FLAG_ATTRIBUTES,
  factsOfItem,
  flagAttributes,
  type Item,
  RESULTS,
  type Reading,
  readingOf,
  resultAttributes,
  stateOfItem,
  timeAttributes,
} from "./items.ts";
import { entityItemKey, profileKey } from "./keys.ts";
import { createLearnerItems, type LearnerItems } from "./learner-items.ts";
import { createRecordStore, type RecordStore } from "./records.ts";
import { COMPLETIONS_INDEX, type TableNames } from "./tables.ts";

/** A learner who completed an entity, as the index has it. */
export type CompletionRecord = {
  learnerId: LearnerId;
  completedAt: Timestamp;
  recordedAt: Timestamp | null;
  completionSource: string | null;
  catalogVersion: string | null;
};

/** Where a page of completions ends. */
export type CompletionCursor = { completedAt: Timestamp; learnerId: LearnerId };

export type CompletionsQuery = {
  since?: Timestamp | undefined;
  until?: Timestamp | undefined;
  limit: number;
  after?: CompletionCursor | undefined;
};

/** Facts and flags in DynamoDB. Every method throws STORE_UNAVAILABLE when the store fails. */
export type ProgressStore = {
  /**
   * Adds facts to an entity, in one write, or two where a time is earlier than the stored one.
   * @param guard refuse an attempt of a task for which a learner has had the most already
   * @returns what was there before; "full" where the facts are new and there is no room for them
   */
  record(
    learnerId: LearnerId,
    entity: EntityRef,
    facts: Facts,
    guard?: AttemptGuard,
  ): Promise<EntityState | "refused" | "full">;
  /** Keeps the later of the stored view and this one. */
  recordView(learnerId: LearnerId, view: View): Promise<void>;
  /** Everything of a learner, strongly consistent: one Query, and one more per further megabyte. */
  read(learnerId: LearnerId): Promise<Reading>;
  /**
   * Sets a flag, or clears it, if the item's flag is still as it was read.
   * @param was the item as it was read; undefined if there was none
   */
  setFlag(
    learnerId: LearnerId,
    entity: EntityRef,
    flag: Flag | undefined,
    was: Item | undefined,
  ): Promise<"written" | "lost">;
  /** One item as it is stored, strongly consistent. */
  readItem(learnerId: LearnerId, entity: EntityRef): Promise<Item | undefined>;
  /**
   * Gives an item's flag the attributes that it had once, if they still are what somebody made them.
   * @param before the flag's attributes to put back; null deletes the item, if nothing else is in it
   * @param made the flag's attributes that must still be there
   */
  restoreFlag(learnerId: LearnerId, entity: EntityRef, before: Item | null, made: Item): Promise<"written" | "lost">;
  /** Who completed an entity, in order of completed_at; eventually consistent. `since` is inside the range, `until` is not. */
  completions(
    entity: EntityRef,
    query: CompletionsQuery,
  ): Promise<{ completions: CompletionRecord[]; next: CompletionCursor | undefined }>;
};

/** At most so many attempts of a task; the one that is made is known by its event. */
export type AttemptGuard = { task: string; most: number; eventId: string };

const attemptsAttribute = (task: string) => `attempts ${task}`;
const MANY_RESULTS = 40;

/** Facts, flags and history of every learner. */
export type Store = ProgressStore & RecordStore & LearnerItems;

export const createStore = (client: DynamoDBDocumentClient, tables: TableNames): Store => ({
  ...createProgressStore(client, tables),
  ...createRecordStore(client, tables),
  ...createLearnerItems(client, tables),
});

function createProgressStore(client: DynamoDBDocumentClient, tables: TableNames): ProgressStore {
  const table = { TableName: tables.progress };

  const get = async (key: Record<string, string>): Promise<Item | undefined> =>
    (await call(client.send(new GetCommand({ ...table, Key: key, ConsistentRead: true })))).Item;

  /** DynamoDB has no minimum, so a better value than the stored one takes a second write, if the item is as it was. */
  const improve = async (
    key: ReturnType<typeof entityItemKey>,
    type: EntityRef["type"],
    facts: Facts,
    found: Item,
  ): Promise<void> => {
    for (let item = found; ; item = (await get(key)) ?? {}) {
      const wanted = timeAttributes(mergeFacts(factsOfItem(type, item), facts));
      // A flagged module keeps its flag's time.
      if (item.completed === true) delete wanted.completed_at;
      const better = Object.fromEntries(Object.entries(wanted).filter(([name, value]) => item[name] !== value));
      if (Object.keys(better).length === 0) return;
      const expression = new Expression();
      const update = new UpdateCommand({
        ...table,
        Key: key,
        UpdateExpression: expression.set(better),
        // All of them, not just the better ones: an enrolment's source belongs to its time.
        ConditionExpression: expression.unchanged(Object.keys(wanted), item),
        ...expression.bindings,
      });
      if ((await conditionally(client.send(update))) !== "lost") return;
    }
  };

  /** What is there, where an item that has no room has what was to be written: an event that is sent again says nothing new. */
  const knownOrFull = async (
    key: ReturnType<typeof entityItemKey>,
    type: EntityRef["type"],
    facts: Facts,
  ): Promise<EntityState | "full"> => {
    const item = (await get(key)) ?? {};
    const stored = factsOfItem(type, item);
    const isKnown = isDeepStrictEqual(mergeFacts(stored, facts), mergeFacts(stored, {}));
    return isKnown ? stateOfItem(type, item).state : "full";
  };

  /** Results that say nothing more are taken out now and then, so that an item does not grow with every event. */
  const forget = async (key: ReturnType<typeof entityItemKey>, facts: Facts, before: Item): Promise<void> => {
    const idle = RESULTS.flatMap((name): [string, Set<string>][] => {
      const held = before[name];
      if (!(held instanceof Set) || held.size < MANY_RESULTS || facts[name] === undefined) return [];
      const needed = new Set(factsOfItem("module", before)[name]?.map(encodeResult));
      const idle = [...held].filter((text) => !needed.has(text));
      return idle.length > 0 ? [[name, new Set(idle)]] : [];
    });
    if (idle.length === 0) return;
    const expression = new Expression();
    const update = expression.delete(Object.fromEntries(idle));
    await call(
      client.send(new UpdateCommand({ ...table, Key: key, UpdateExpression: update, ...expression.bindings })),
    );
  };

  const writeFlag = async (
    learnerId: LearnerId,
    entity: EntityRef,
    attributes: Item,
    was: Item,
  ): Promise<"written" | "lost"> => {
    const expression = new Expression();
    const removed = FLAG_ATTRIBUTES.filter((name) => !(name in attributes));
    const update = new UpdateCommand({
      ...table,
      Key: entityItemKey(learnerId, entity),
      UpdateExpression: expression.set(attributes) + expression.remove(removed),
      ConditionExpression: expression.unchanged(FLAG_ATTRIBUTES, was),
      ...expression.bindings,
    });
    return (await conditionally(client.send(update))) === "lost" ? "lost" : "written";
  };

  return {
    async record(learnerId, entity, facts, guard) {
      const key = entityItemKey(learnerId, entity);
      const times = timeAttributes(facts);
      const sets: Record<string, Set<string>> = resultAttributes(facts);
      if (Object.values(sets).some(({ size }) => size > MAX_RESULTS)) return "full";
      const expression = new Expression();
      // One more element of a set is one more attempt; an event that is sent again is in it already. So many attempts,
      // so many results: they need no condition of their own.
      const conditions = guard
        ? [expression.fitsIn(attemptsAttribute(guard.task), [guard.eventId], guard.most)]
        : Object.entries(sets).map(([name, set]) => expression.fitsIn(name, [...set], MAX_RESULTS));
      if (guard) sets[attemptsAttribute(guard.task)] = new Set([guard.eventId]);
      const request = new UpdateCommand({
        ...table,
        Key: key,
        UpdateExpression: expression.setMissing(times) + expression.add(sets),
        ReturnValues: "ALL_OLD",
        ...(conditions.length > 0 && { ConditionExpression: conditions.join(" AND ") }),
        ...expression.bindings,
      });
      const outcome = await conditionally(client.send(request)).catch((error: unknown) => {
        if (error instanceof AppError && error.code === "MODULE_FULL") return "full" as const;
        throw error;
      });
      if (outcome === "lost" && guard) return "refused";
      if (outcome === "lost" || outcome === "full") return knownOrFull(key, entity.type, facts);
      const before: Item = outcome.Attributes ?? {};
      await improve(key, entity.type, facts, { ...times, ...before });
      await forget(key, facts, before);
      return stateOfItem(entity.type, before).state;
    },

    async recordView(learnerId, { viewedAt, contentType, slug }) {
      const expression = new Expression();
      const view = { viewed_at: viewedAt, content_type: contentType, slug };
      const update = expression.set(view);
      const [at, type, name] = Object.keys(view).map((attribute) => expression.name(attribute));
      // Of two views at one moment the one that sorts last stays, so that the order of arrival is nothing.
      const condition =
        `attribute_not_exists(${at}) OR ${at} < :viewed_at` +
        ` OR (${at} = :viewed_at AND (${type} < :content_type OR (${type} = :content_type AND ${name} < :slug)))`;
      await conditionally(
        client.send(
          new UpdateCommand({
            ...table,
            Key: profileKey(learnerId),
            UpdateExpression: update,
            ConditionExpression: condition,
            ...expression.bindings,
          }),
        ),
      );
    },

    async read(learnerId) {
      const items: Item[] = [];
      const pages = paginateQuery(
        { client },
        {
          ...table,
          KeyConditionExpression: "learner_id = :learner",
          ExpressionAttributeValues: { ":learner": learnerId },
          ConsistentRead: true,
        },
      );
      await call(
        (async () => {
          for await (const page of pages) items.push(...(page.Items ?? []));
        })(),
      );
      return readingOf(items);
    },

    setFlag: (learnerId, entity, flag, was) =>
      writeFlag(learnerId, entity, flag ? flagAttributes(flag) : CLEARED, was ?? {}),

    readItem: (learnerId, entity) => get(entityItemKey(learnerId, entity)),

    async restoreFlag(learnerId, entity, before, made) {
      if (before !== null) return writeFlag(learnerId, entity, before, made);
      const expression = new Expression();
      const condition = expression.unchanged([...FLAG_ATTRIBUTES, ...ENROLMENT_ATTRIBUTES], made);
      const deletion = new DeleteCommand({
        ...table,
        Key: entityItemKey(learnerId, entity),
        ConditionExpression: condition,
        ...expression.bindings,
      });
      const outcome = await conditionally(client.send(deletion));
      // The learner may have enrolled since: then only the flag goes.
      return outcome === "lost" ? writeFlag(learnerId, entity, {}, made) : "written";
    },

    async completions(entity, { since, until, limit, after }) {
      // The upper end is exclusive, so that one range can begin where another ends; times have whole milliseconds.
      const [from, to] = [since ?? FIRST, until === undefined ? LAST : justBefore(until)];
      if (to < from || (after && after.completedAt > to)) return { completions: [], next: undefined };
      const expression = new Expression();
      const at = expression.name("completed_at");
      const range = [
        `${expression.name("entity")} = ${expression.value("entity", entityKey(entity))}`,
        `${at} BETWEEN ${expression.value("since", from)} AND ${expression.value("until", to)}`,
      ];
      const { Items = [], LastEvaluatedKey: last } = await call(
        client.send(
          new QueryCommand({
            ...table,
            IndexName: COMPLETIONS_INDEX,
            KeyConditionExpression: range.join(" AND "),
            Limit: limit,
            ...expression.bindings,
            // DynamoDB refuses a start outside the range.
            ...(after &&
              after.completedAt >= from && {
                ExclusiveStartKey: { ...entityItemKey(after.learnerId, entity), completed_at: after.completedAt },
              }),
          }),
        ),
      );
      return {
        completions: Items.filter((item) => isTimestamp(item.completed_at)).map((item) => ({
          learnerId: String(item.learner_id),
          completedAt: String(item.completed_at),
          recordedAt: item.recorded_at ?? null,
          completionSource: item.completion_source ?? null,
          catalogVersion: item.catalog_version ?? null,
        })),
        next: last && { completedAt: String(last.completed_at), learnerId: String(last.learner_id) },
      };
    },
  };
}

// Before and after every timestamp.
const FIRST = "0";
const LAST = "~";

const justBefore = (timestamp: Timestamp): string => new Date(Date.parse(timestamp) - 1).toISOString();
