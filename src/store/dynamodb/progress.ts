import {
  DeleteCommand,
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  UpdateCommand,
} from "@aws-sdk/lib-dynamodb";
import type { EntityRef } from "../../model/entity.ts";
import { AppError } from "../../model/errors.ts";
import type { LearnerId } from "../../model/learner.ts";
import type { EntityState, Facts } from "../../model/progress.ts";
import { MAX_RESULTS } from "../../model/result.ts";
import { decisionAttributes, isNotedAtId } from "../decision-items.ts";
import {
  claimToKeep,
  FACT_ATTRIBUTES,
  FLAG_ATTRIBUTES,
  flagAttributesAfter,
  type Item,
  marksToKeep,
  readingOf,
  setAttributes,
  stateOfItem,
  timeAttributes,
} from "../items.ts";
import { DECISION_PREFIX, decisionKey, entityItemKey, identityKey, profileKey } from "../keys.ts";
import { attemptsAttribute, idleResults, knowsAlready, mergedTimes, viewAttributes } from "../merge-item.ts";
import type { AttemptGuard, ProgressStore } from "../progress-store.ts";
import { call, conditionally } from "./client.ts";
import { Expression } from "./expression.ts";
import { LIST, listed } from "./lists.ts";
import { sendForItems } from "./send-for-items.ts";
import type { TableNames } from "./tables.ts";
import { withoutOwn } from "./without-own.ts";

export function createProgressStore(client: DynamoDBDocumentClient, tables: TableNames): ProgressStore {
  const table = { TableName: tables.progress };

  const get = async (key: Record<string, string>): Promise<Item | undefined> =>
    (await call(client.send(new GetCommand({ ...table, Key: key, ConsistentRead: true })))).Item;

  /** A learner's items in order of their keys; of all, or of those whose keys begin so. */
  const query = async (learnerId: LearnerId, prefix?: string): Promise<Item[]> => {
    const items: Item[] = [];
    let from: Record<string, unknown> | undefined;
    do {
      const request = new QueryCommand({
        ...table,
        KeyConditionExpression: `learner_id = :learner${prefix === undefined ? "" : " AND begins_with(entity, :prefix)"}`,
        ExpressionAttributeValues: { ":learner": learnerId, ...(prefix !== undefined && { ":prefix": prefix }) },
        ConsistentRead: true,
        ...(from && { ExclusiveStartKey: from }),
      });
      const page = await call(sendForItems(client, request));
      items.push(...page.Items);
      from = page.LastEvaluatedKey;
    } while (from);
    return items;
  };

  /**
   * DynamoDB has no minimum, so a better value than the stored one takes a second write, if the item is as it was. What was
   * there is what that write finds, because another event may have come in between, and not have seen the better value:
   *   t1 A starts m at 10:02, and finds it started at 10:03   t2 B completes m at 10:02, and reads the start at 10:03
   *   t3 A sets 10:02, and must see that m is complete: nobody else knows by now that the start comes first
   * Test: record.interleavings, "an earlier start while its module is completed".
   * @returns the item as it was then; undefined where nothing was better
   */
  const improve = async (
    key: ReturnType<typeof entityItemKey>,
    type: EntityRef["type"],
    facts: Facts,
    found: Item,
  ): Promise<Item | undefined> => {
    for (let item = found; ; item = (await get(key)) ?? {}) {
      const wanted = mergedTimes(type, item, facts);
      const better = Object.fromEntries(Object.entries(wanted).filter(([name, value]) => item[name] !== value));
      if (Object.keys(better).length === 0) return item === found ? undefined : item;
      const expression = new Expression();
      const update = new UpdateCommand({
        ...table,
        Key: key,
        UpdateExpression: expression.set(better),
        // All of them, not just the better ones: an enrolment's source belongs to its time.
        ConditionExpression: expression.unchanged(Object.keys(wanted), item),
        ReturnValues: "ALL_OLD",
        ...expression.bindings,
      });
      const outcome = await conditionally(client.send(update));
      if (outcome !== "lost") return outcome.Attributes ?? {};
    }
  };

  /** What is there, where an item that has no room has what was to be written: an event that is sent again says nothing new. */
  const knownOrFull = async (
    key: ReturnType<typeof entityItemKey>,
    type: EntityRef["type"],
    facts: Facts,
  ): Promise<EntityState | "full"> => {
    const item = (await get(key)) ?? {};
    return knowsAlready(type, item, facts) ? stateOfItem(type, item) : "full";
  };

  /** Results that say nothing more are taken out now and then, so that an item does not grow with every event. */
  const forget = async (key: ReturnType<typeof entityItemKey>, facts: Facts, before: Item): Promise<void> => {
    const idle = idleResults(before, facts);
    if (Object.keys(idle).length === 0) return;
    const expression = new Expression();
    const update = expression.delete(idle);
    await call(
      client.send(new UpdateCommand({ ...table, Key: key, UpdateExpression: update, ...expression.bindings })),
    );
  };

  const writeFlag = async (
    learnerId: LearnerId,
    entity: EntityRef,
    attributes: Item,
    { was, marksToDrop }: { was: Item; marksToDrop?: Set<string> | undefined },
  ): Promise<"written" | "lost"> => {
    const expression = new Expression();
    const written = listed(learnerId, entity, attributes);
    const removed = [...FLAG_ATTRIBUTES, LIST].filter((name) => !(name in written));
    const isKeeping = entity.type === "module" && marksToDrop === undefined;
    const marks = isKeeping ? marksToKeep(was, attributes) : undefined;
    const claims = claimToKeep(was, attributes);
    const update = new UpdateCommand({
      ...table,
      Key: entityItemKey(learnerId, entity),
      UpdateExpression:
        expression.set(written) +
        expression.remove(removed) +
        expression.add({ ...(marks && { marks }), ...(claims && { claims }) }) +
        expression.delete(marksToDrop?.size ? { marks: marksToDrop } : {}),
      ConditionExpression: expression.unchanged(FLAG_ATTRIBUTES, was),
      ...expression.bindings,
    });
    return (await conditionally(client.send(update))) === "lost" ? "lost" : "written";
  };

  /** The first write of facts: what is not there yet, and elements of sets, where there is room for them. */
  const additionOf = (
    key: ReturnType<typeof entityItemKey>,
    times: Item,
    results: Record<string, Set<string>>,
    guard: AttemptGuard | undefined,
  ): UpdateCommand => {
    const expression = new Expression();
    // One more element of a set is one more attempt; an event that is sent again is in it already. So many attempts,
    // so many results: they need no condition of their own.
    const conditions = guard
      ? [expression.fitsIn(attemptsAttribute(guard.task), [guard.identity], guard.most)]
      : Object.entries(results).map(([name, set]) => expression.fitsIn(name, [...set], MAX_RESULTS));
    const attempts = guard && { [attemptsAttribute(guard.task)]: new Set([guard.identity]) };
    return new UpdateCommand({
      ...table,
      Key: key,
      UpdateExpression: expression.setMissing(times) + expression.add({ ...results, ...attempts }),
      ReturnValues: "ALL_OLD",
      ...(conditions.length > 0 && { ConditionExpression: conditions.join(" AND ") }),
      ...expression.bindings,
    });
  };

  return {
    async addFacts(learnerId, entity, facts, guard) {
      const key = entityItemKey(learnerId, entity);
      const times = listed(learnerId, entity, timeAttributes(facts));
      const sets: Record<string, Set<string>> = setAttributes(facts);
      if (Object.values(sets).some(({ size }) => size > MAX_RESULTS)) return "full";
      // An event may name an entity and state nothing of it that counts; an update of nothing is none to DynamoDB.
      if (!guard && Object.keys({ ...times, ...sets }).length === 0)
        return stateOfItem(entity.type, (await get(key)) ?? {});
      const request = additionOf(key, times, sets, guard);
      const outcome = await conditionally(client.send(request)).catch((error: unknown) => {
        if (error instanceof AppError && error.code === "MODULE_FULL") return "full" as const;
        throw error;
      });
      if (outcome === "lost" && guard) return "refused";
      if (outcome === "lost" || outcome === "full") return knownOrFull(key, entity.type, facts);
      const before: Item = outcome.Attributes ?? {};
      const since = await improve(key, entity.type, facts, { ...times, ...before });
      await forget(key, facts, before);
      const there = since === undefined ? before : withoutOwn(since, before, { ...times, ...sets });
      return stateOfItem(entity.type, there);
    },

    async addDecision(learnerId, decision) {
      if (isNotedAtId(decision)) {
        const expression = new Expression();
        const note = new UpdateCommand({
          ...table,
          Key: identityKey(learnerId),
          UpdateExpression: expression.set({ has_voids: true }),
          // Of who has been deleted nothing is kept, and whoever is about to keep this void will see that.
          ConditionExpression: `attribute_not_exists(${expression.name("deleted_at")})`,
          ...expression.bindings,
        });
        await conditionally(client.send(note));
      }
      const item = { ...decisionKey(learnerId, decision.identity), ...decisionAttributes(decision) };
      const condition = "attribute_not_exists(learner_id)";
      await conditionally(client.send(new PutCommand({ ...table, Item: item, ConditionExpression: condition })));
    },

    decisions: async (learnerId) => readingOf(await query(learnerId, DECISION_PREFIX)).progress.decisions ?? [],

    async keepView(learnerId, view) {
      const expression = new Expression();
      const attributes = viewAttributes(view);
      const update = expression.set(attributes);
      const [at, type, name] = Object.keys(attributes).map((attribute) => expression.name(attribute));
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

    read: async (learnerId) => readingOf(await query(learnerId)),

    setFlag: (learnerId, entity, flag, was) =>
      writeFlag(learnerId, entity, flagAttributesAfter(flag, was), { was: was ?? {} }),

    async markDecided(learnerId, entity, identity, was) {
      const expression = new Expression();
      const update = expression.set({ decided_by: identity });
      const condition = was && expression.unchanged(FLAG_ATTRIBUTES, was);
      const marking = new UpdateCommand({
        ...table,
        Key: entityItemKey(learnerId, entity),
        UpdateExpression: update,
        ...(condition !== undefined && { ConditionExpression: condition }),
        ...expression.bindings,
      });
      return (await conditionally(client.send(marking))) === "lost" ? "lost" : "written";
    },

    readItem: (learnerId, entity) => get(entityItemKey(learnerId, entity)),

    async restoreFlag(learnerId, entity, before, { marks, ...made }) {
      const marksToDrop = marks instanceof Set ? marks : undefined;
      if (before !== null) return writeFlag(learnerId, entity, before, { was: made, marksToDrop });
      const expression = new Expression();
      const others = FACT_ATTRIBUTES.filter((name) => name !== "marks" || marksToDrop === undefined);
      const condition = [
        expression.unchanged([...FLAG_ATTRIBUTES, ...others], made),
        ...(marksToDrop ? [expression.holdsJust("marks", marksToDrop)] : []),
      ].join(" AND ");
      const deletion = new DeleteCommand({
        ...table,
        Key: entityItemKey(learnerId, entity),
        ConditionExpression: condition,
        ...expression.bindings,
      });
      const outcome = await conditionally(client.send(deletion));
      // The learner may have enrolled since, or done something: then only what the run wrote goes.
      return outcome === "lost" ? writeFlag(learnerId, entity, {}, { was: made, marksToDrop }) : "written";
    },
  };
}
