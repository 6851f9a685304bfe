import { DescribeTableCommand } from "@aws-sdk/client-dynamodb";
import { type DynamoDBDocumentClient, ScanCommand } from "@aws-sdk/lib-dynamodb";
import type { LearnerId } from "../../model/learner.ts";
import { call } from "./client.ts";
import type { Item } from "./items.ts";
import { isOfLearner } from "./keys.ts";
import type { TableNames } from "./tables.ts";

/** Where a scan of a segment stands: the key of the last item of the last whole learner. */
export type ScanPosition = { learner_id: string; entity: string };

export type ScannedLearner = { learnerId: LearnerId; items: Item[]; last: ScanPosition };

/** Learners whose items have all been seen, and how many items were read for them. */
export type ScannedPage = { learners: ScannedLearner[]; itemCount: number };

export type Scanner = {
  /** Learners of one of `segments` segments, page by page, with eventually consistent reads. */
  segment(segment: number, segments: number, from?: ScanPosition): AsyncGenerator<ScannedPage>;
  /** About how many items the table has; what the store says may be hours old. */
  approximateItemCount(): Promise<number>;
};

/**
 * @param unitsPerPage about how many capacity units a page may take; without it, as many as fit into a megabyte
 */
export function createScanner(client: DynamoDBDocumentClient, tables: TableNames, unitsPerPage?: number): Scanner {
  const table = { TableName: tables.progress };
  return {
    async *segment(segment, segments, from) {
      let position: Record<string, unknown> | undefined = from;
      // Items of a learner lie side by side, in one segment, but a page may end between them.
      let open: ScannedLearner | undefined;
      let limit = unitsPerPage === undefined ? undefined : FIRST_LIMIT;
      do {
        const request = new ScanCommand({
          ...table,
          Segment: segment,
          TotalSegments: segments,
          ReturnConsumedCapacity: "TOTAL",
          ...(position && { ExclusiveStartKey: position }),
          ...(limit !== undefined && { Limit: limit }),
        });
        const page = await call(client.send(request));
        const found: Item[] = page.Items ?? [];
        // What was written since of the learner that the scan went on from lies behind it, and is not another learner.
        const items = from === undefined ? found : found.filter(({ learner_id }) => learner_id !== from.learner_id);
        position = page.LastEvaluatedKey;
        if (unitsPerPage !== undefined && found.length > 0) {
          const unitsPerItem = (page.ConsumedCapacity?.CapacityUnits ?? 0) / found.length;
          limit = Math.max(1, Math.floor(unitsPerPage / Math.max(unitsPerItem, SMALLEST_UNITS_PER_ITEM)));
        }

        const learners: ScannedLearner[] = [];
        for (const item of items.filter(isOfLearner)) {
          const learnerId = String(item.learner_id);
          const last = { learner_id: learnerId, entity: String(item.entity) };
          if (open?.learnerId === learnerId) {
            open.items.push(item);
            open.last = last;
          } else {
            if (open) learners.push(open);
            open = { learnerId, items: [item], last };
          }
        }
        if (position === undefined && open) learners.push(open);
        yield { learners, itemCount: items.length };
      } while (position !== undefined);
    },

    async approximateItemCount() {
      const { Table } = await call(client.send(new DescribeTableCommand(table)));
      return Table?.ItemCount ?? 0;
    },
  };
}

const FIRST_LIMIT = 25;
const SMALLEST_UNITS_PER_ITEM = 0.005;
