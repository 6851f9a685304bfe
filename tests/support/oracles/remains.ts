import { BatchWriteCommand, paginateScan } from "@aws-sdk/lib-dynamodb";
import type { Item } from "../../../src/store/items.ts";
import { isIdentity } from "../../../src/store/keys.ts";
import type { TestStore } from "../processes/stores.ts";

type Tables = Pick<TestStore, "client" | "tables">;
type Table = "progress" | "records";
const SORT = { progress: "entity", records: "record" } as const;

async function itemsIn({ client, tables }: Tables, table: Table): Promise<Item[]> {
  const items: Item[] = [];
  for await (const page of paginateScan({ client }, { TableName: tables[table], ConsistentRead: true }))
    items.push(...(page.Items ?? []));
  return items;
}

/** What both tables hold of a learner, as `progress MODULE#strings`. */
export async function remainsOf(opened: Tables, learner: string): Promise<string[]> {
  const remains: string[] = [];
  for (const table of ["progress", "records"] as const)
    for (const item of await itemsIn(opened, table))
      if (item.learner_id === learner) remains.push(`${table} ${item[SORT[table]]}`);
  return remains.sort();
}

/** Everything that says that somebody has been deleted, as it lies in the table. */
export const tombstonesIn = async (opened: Tables): Promise<Item[]> =>
  (await itemsIn(opened, "progress")).filter(isIdentity);

/** Puts items into both tables, past the store. */
export async function putItems({ client, tables }: Tables, table: Table, items: readonly Item[]): Promise<void> {
  for (let start = 0; start < items.length; start += 25) {
    const puts = items.slice(start, start + 25).map((Item) => ({ PutRequest: { Item } }));
    await client.send(new BatchWriteCommand({ RequestItems: { [tables[table]]: puts } }));
  }
}

/** Empties both tables. */
export async function emptyTables(opened: Tables): Promise<void> {
  const { client, tables } = opened;
  for (const table of ["progress", "records"] as const) {
    const items = await itemsIn(opened, table);
    for (let start = 0; start < items.length; start += 25) {
      const deletions = items.slice(start, start + 25).map(({ learner_id, [SORT[table]]: sort }) => ({
        DeleteRequest: { Key: { learner_id, [SORT[table]]: sort } },
      }));
      await client.send(new BatchWriteCommand({ RequestItems: { [tables[table]]: deletions } }));
    }
  }
}
