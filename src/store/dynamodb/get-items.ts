import { setTimeout as sleep } from "node:timers/promises";
import { BatchGetCommand, type DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { backOffMs } from "../../model/back-off.ts";
import { AppError } from "../../model/errors.ts";
import type { Item } from "../items.ts";
import type { ItemKey } from "../learner-items.ts";
import { call } from "./client.ts";

/** What DynamoDB takes in one BatchGetItem. */
const MAX_BATCH_GET = 100;
const MAX_ROUNDS = 10;
const BACK_OFF = { firstMs: 100, longestMs: 1_000 };

/** Items of a table by their keys, as many as there are, in any order. */
export async function getItems(
  client: DynamoDBDocumentClient,
  table: string,
  keys: readonly ItemKey[],
  isConsistent: boolean,
): Promise<Item[]> {
  const waiting = [...keys];
  const items: Item[] = [];
  for (let round = 0; waiting.length > 0; ) {
    const Keys = waiting.splice(0, MAX_BATCH_GET);
    const batch = new BatchGetCommand({ RequestItems: { [table]: { Keys, ConsistentRead: isConsistent } } });
    const { Responses, UnprocessedKeys } = await call(client.send(batch));
    items.push(...(Responses?.[table] ?? []));
    // An answer has 16 MB at most, and a table that is short of capacity leaves some undone.
    const undone = UnprocessedKeys?.[table]?.Keys ?? [];
    waiting.push(...undone);
    if (undone.length === Keys.length) await waitFor(++round);
  }
  return items;
}

/** Waits before another round of what a table that is short of capacity has left undone. */
export async function waitFor(round: number): Promise<void> {
  if (round === MAX_ROUNDS)
    throw new AppError(
      "STORE_UNAVAILABLE",
      "The store takes no more for now. Send the request again: it goes on where it stopped.",
    );
  await sleep(backOffMs(round, BACK_OFF));
}
