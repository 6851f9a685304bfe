import { DescribeTableCommand } from "@aws-sdk/client-dynamodb";
import { type DynamoDBDocumentClient, ScanCommand } from "@aws-sdk/lib-dynamodb";
import type { Item } from "../items.ts";
import { isIdentity } from "../keys.ts";
import { LearnersOfPages, type Scanner } from "../scanner.ts";
import { call } from "./client.ts";
import { sendForItems } from "./send-for-items.ts";
import type { TableNames } from "./tables.ts";

/**
 * @param unitsPerPage about how many capacity units a page may take; without it, a page is small beside the process
 */
export function createScanner(client: DynamoDBDocumentClient, tables: TableNames, unitsPerPage?: number): Scanner {
  const table = { TableName: tables.progress };
  return {
    async *segment(segment, segments, from) {
      let position: Record<string, unknown> | undefined = from;
      const byLearner = new LearnersOfPages();
      let limit = unitsPerPage === undefined ? PAGE_ITEMS : FIRST_LIMIT;
      do {
        const request = new ScanCommand({
          ...table,
          Segment: segment,
          TotalSegments: segments,
          ReturnConsumedCapacity: "TOTAL",
          ...(position && { ExclusiveStartKey: position }),
          Limit: limit,
        });
        const page = await call(sendForItems(client, request));
        const found: Item[] = page.Items;
        // What was written since of the learner that the scan went on from lies behind it, and is not another learner.
        const items = from === undefined ? found : found.filter(({ learner_id }) => learner_id !== from.learner_id);
        position = page.LastEvaluatedKey;
        if (unitsPerPage !== undefined && found.length > 0) {
          const unitsPerItem = (page.ConsumedCapacity?.CapacityUnits ?? 0) / found.length;
          limit = Math.max(1, Math.floor(unitsPerPage / Math.max(unitsPerItem, SMALLEST_UNITS_PER_ITEM)));
        }

        const learners = byLearner.page(items, position === undefined);
        yield { learners, itemCount: items.length, identities: items.filter(isIdentity) };
      } while (position !== undefined);
    },

    async approximateItemCount() {
      const { Table } = await call(client.send(new DescribeTableCommand(table)));
      return Table?.ItemCount ?? 0;
    },
  };
}

/** Two pages of each segment are in memory, as JSON and as objects; requests for smaller ones would cost more than they hold. */
const PAGE_ITEMS = 2_000;
const FIRST_LIMIT = 25;
const SMALLEST_UNITS_PER_ITEM = 0.005;
