import {
  BatchWriteCommand,
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  paginateQuery,
  paginateScan,
} from "@aws-sdk/lib-dynamodb";
import { LIST, listed, listedAttempt } from "../../../src/store/dynamodb/lists.ts";
import type { TableNames } from "../../../src/store/dynamodb/tables.ts";
import type { Item } from "../../../src/store/items.ts";
import { parseEntityKey } from "../../../src/store/keys.ts";
import type { TableOf } from "../../../src/store/learner-items.ts";
import type { RawItems } from "./store-under-test.ts";

const SORT = { progress: "entity", records: "record" } as const satisfies Record<TableOf, string>;
const BATCH = 25;

/** Without what puts an item into its list, which is a key as well: that of an index. */
const withoutList = ({ [LIST]: _, ...item }: Item): Item => item;
/** In its list where it belongs into one, as in a table whose every item the store has written. */
function inList(table: TableOf, item: Item): Item {
  const learner = String(item.learner_id);
  if (table === "records") return listedAttempt(learner, item);
  const entity = parseEntityKey(item.entity);
  return entity === undefined ? item : listed(learner, entity, item);
}

/** Items in tables of DynamoDB. */
export function rawItemsAt(client: DynamoDBDocumentClient, tables: TableNames): Omit<RawItems, "version"> {
  const { progress: TableName } = tables;
  const write = async (table: TableOf, requests: ({ PutRequest: object } | { DeleteRequest: object })[]) => {
    for (let start = 0; start < requests.length; start += BATCH) {
      const batch = { RequestItems: { [tables[table]]: requests.slice(start, start + BATCH) } };
      await client.send(new BatchWriteCommand(batch as BatchWriteCommand["input"]));
    }
  };
  const items = async (table: TableOf, learner?: string) => {
    const input = { TableName: tables[table], ConsistentRead: true };
    const query = {
      ...input,
      KeyConditionExpression: "learner_id = :learner",
      ExpressionAttributeValues: { ":learner": learner },
    };
    const found: Item[] = [];
    const pages = learner === undefined ? paginateScan({ client }, input) : paginateQuery({ client }, query);
    for await (const page of pages) found.push(...(page.Items ?? []));
    return found.map(withoutList);
  };
  return {
    async get(learner_id, entity) {
      const get = new GetCommand({ TableName, Key: { learner_id, entity }, ConsistentRead: true });
      const { Item } = await client.send(get);
      if (Item === undefined) return undefined;
      const { learner_id: _, entity: __, ...attributes } = withoutList(Item);
      return attributes;
    },
    async put(learner_id, entity, attributes) {
      await client.send(new PutCommand({ TableName, Item: inList("progress", { learner_id, entity, ...attributes }) }));
    },
    items,
    putAll: (table, all) =>
      write(
        table,
        all.map((item) => ({ PutRequest: { Item: inList(table, item) } })),
      ),
    async clear() {
      for (const table of ["progress", "records"] as const) {
        const keys = (await items(table)).map(({ learner_id, [SORT[table]]: sort }) => ({
          DeleteRequest: { Key: { learner_id, [SORT[table]]: sort } },
        }));
        await write(table, keys);
      }
    },
  };
}
