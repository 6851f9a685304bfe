import { type DynamoDBDocumentClient, ScanCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { createClient } from "../../src/store/dynamodb/client.ts";
import { tableNames } from "../../src/store/dynamodb/tables.ts";
import { learnerItems } from "../support/builders/fill-table.ts";
import { LEARNERS, learningCatalog } from "./learners.ts";
import { newFlag } from "./new-flag.ts";

// What no backfill can do without, in a process of its own. Prints how many milliseconds it took.
const SEGMENTS = 4;
const WRITES_AT_ONCE = 32;
const NOW = "2026-01-18T10:15:00.000Z";

type Floor = (client: DynamoDBDocumentClient, table: string, learners: number) => Promise<number>;

/** Reads the whole table, as many segments side by side as a backfill has, and drops what it reads. */
const scan: Floor = async (client, TableName) => {
  const start = performance.now();
  const segments = Array.from({ length: SEGMENTS }, async (_, Segment) => {
    let ExclusiveStartKey: Record<string, unknown> | undefined;
    do {
      const request = new ScanCommand({ TableName, Segment, TotalSegments: SEGMENTS, ExclusiveStartKey });
      ({ LastEvaluatedKey: ExclusiveStartKey } = await client.send(request));
    } while (ExclusiveStartKey);
  });
  await Promise.all(segments);
  return performance.now() - start;
};

/** Sets every learner's flags. */
const write: Floor = async (client, TableName, learners) => {
  const keys = [...learnerItems(learningCatalog, { ...LEARNERS, learners })].flatMap(({ flags }) =>
    flags.map(({ learner_id, entity }) => ({ learner_id, entity })),
  );
  const waiting = keys.values();
  const flag = newFlag({ completedAt: NOW, completionSource: "backfill", recordedAt: NOW });
  const start = performance.now();
  const writers = Array.from({ length: WRITES_AT_ONCE }, async () => {
    for (const Key of waiting) await client.send(new UpdateCommand({ TableName, Key, ...flag }));
  });
  await Promise.all(writers);
  return performance.now() - start;
};

const [work, endpoint, prefix, learners] = process.argv.slice(2) as ["scan" | "write", string, string, string];
const client = createClient({ endpoint, region: "us-east-1", patience: "batch" });
console.log(await { scan, write }[work](client, tableNames(prefix).progress, Number(learners)));
client.destroy();
