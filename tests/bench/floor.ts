import {
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  UpdateCommand,
} from "@aws-sdk/lib-dynamodb";
import pLimit from "p-limit";
import { createClient } from "../../src/store/dynamodb/client.ts";
import { Expression } from "../../src/store/dynamodb/expression.ts";
import { type TableNames, tableNames } from "../../src/store/dynamodb/tables.ts";
import { factAttributes } from "../../src/store/items.ts";
import { attemptKey, entityItemKey, identityKey } from "../../src/store/keys.ts";
import { newFlag } from "./new-flag.ts";
import { answer } from "./worker.ts";
import { LOADS, lanesOf, type Part, type Run, walk } from "./workload.ts";

// What the service's events need of the store, and nothing else: the same calls with the same expressions, in the
// same order, as many side by side as src/service/ingest/ingest.ts has.
const LEARNERS_AT_ONCE = 16;
const WRITES_AT_ONCE = 32;

const NOW = "2026-01-18T10:15:00.000Z";
const EVENT_ID = "0199f2b4-6f0e-7c3a-9d6e-2f1f7a1c9b10";

function attempt(learnerId: string, module: string) {
  const eventId = module.padEnd(EVENT_ID.length, "-");
  const attributes = { event_id: eventId, occurred_at: NOW, module_slug: module, kind: "module_completed" };
  return { ...attemptKey(learnerId, { identity: eventId.slice(0, 32), occurredAt: NOW }), ...attributes };
}

const fact = new Expression();
const FACT = { UpdateExpression: fact.setMissing(factAttributes({ completedAt: NOW })), ...fact.bindings };

const FLAG = newFlag({ completedAt: NOW, completionSource: "inferred", recordedAt: NOW, eventId: EVENT_ID });

/**
 * One UpdateItem and one PutItem per module, one Query with a GetItem beside it that tells who this is, and one UpdateItem
 * per course that is complete then, after which that is asked once more.
 */
async function storePart(client: DynamoDBDocumentClient, tables: TableNames, { learnerId, modules, completes }: Part) {
  const table = { TableName: tables.progress };
  const limit = pLimit(WRITES_AT_ONCE);
  const factOf = (slug: string) => {
    const Key = entityItemKey(learnerId, { type: "module", slug });
    return client.send(new UpdateCommand({ ...table, Key, ReturnValues: "ALL_OLD", ...FACT }));
  };
  const attemptOf = (slug: string) =>
    client.send(
      new PutCommand({
        TableName: tables.records,
        Item: attempt(learnerId, slug),
        ConditionExpression: "attribute_not_exists(learner_id)",
      }),
    );
  await Promise.all([factOf, attemptOf].flatMap((write) => modules.map((slug) => limit(() => write(slug)))));
  const identify = () => client.send(new GetCommand({ ...table, Key: identityKey(learnerId), ConsistentRead: true }));
  const query = new QueryCommand({
    ...table,
    KeyConditionExpression: "learner_id = :learner",
    ExpressionAttributeValues: { ":learner": learnerId },
    ConsistentRead: true,
  });
  await Promise.all([client.send(query), identify()]);
  await Promise.all(
    completes.map((slug) =>
      client.send(new UpdateCommand({ ...table, Key: entityItemKey(learnerId, { type: "course", slug }), ...FLAG })),
    ),
  );
  if (completes.length > 0) await identify();
}

export type FloorQuestion = { open: { endpoint: string; prefix: string } } | { run: Run };

let opened: { client: DynamoDBDocumentClient; tables: TableNames } | undefined;

answer(async (question: FloorQuestion): Promise<number> => {
  if ("open" in question) {
    const { endpoint, prefix } = question.open;
    opened = { client: createClient({ endpoint, region: "us-east-1" }), tables: tableNames(prefix) };
    return 0;
  }
  if (opened === undefined) throw new Error("Nothing is open");
  const { client, tables } = opened;
  return walk(lanesOf(question.run), LOADS[question.run.load]?.lanesAtOnce as number, async (request) => {
    const limit = pLimit(LEARNERS_AT_ONCE);
    await Promise.all(request.map((part) => limit(() => storePart(client, tables, part))));
  });
});
