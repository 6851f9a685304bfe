import { BatchWriteCommand, type DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { Random } from "../../../src/analytics/sample/random.ts";
import type { Catalog } from "../../../src/catalog/catalog.ts";
import { settle } from "../../../src/completion/settle.ts";
import { emptyProgress, type Progress } from "../../../src/model/progress.ts";
import { toTimestamp } from "../../../src/model/time.ts";
import type { TableNames } from "../../../src/store/dynamodb/tables.ts";
import { factAttributes, flagAttributes, type Item } from "../../../src/store/items.ts";
import { entityItemKey } from "../../../src/store/keys.ts";

export type Learners = {
  learners: number;
  /** Completed modules of each learner: whole courses one after the other, beginning anywhere in the catalog. */
  modulesEach: number;
  seed?: number;
};
type Filling = Learners & { flags: "right" | "missing" };

const FIRST_COMPLETION = Date.parse("2024-01-01T00:00:00.000Z");
const YEAR_MS = 365 * 86_400_000;
const BATCH = 25;
const WRITERS = 16;

/** The items of learners `learner-0`, `learner-1`, … whose facts depend on the seed alone. */
export function* learnerItems(
  catalog: Catalog,
  { learners, modulesEach, seed = 1 }: Learners,
): Generator<{ facts: Item[]; flags: Item[] }> {
  const random = new Random(seed);
  for (let number = 0; number < learners; number++)
    yield itemsOf(`learner-${number}`, catalog, progressOf(catalog, modulesEach, random));
}

/** Fills a table with learners. */
export async function fillTable(
  client: DynamoDBDocumentClient,
  tables: TableNames,
  catalog: Catalog,
  { flags: state, ...learners }: Filling,
): Promise<void> {
  function* puts() {
    for (const { facts, flags } of learnerItems(catalog, learners))
      for (const Item of state === "right" ? [...facts, ...flags] : facts) yield { PutRequest: { Item } };
  }
  await writeBatches(client, tables.progress, puts());
}

/** Takes the flags out of a table that was filled with the same learners. */
export async function clearFlags(
  client: DynamoDBDocumentClient,
  tables: TableNames,
  catalog: Catalog,
  learners: Learners,
): Promise<void> {
  function* deletions() {
    for (const { flags } of learnerItems(catalog, learners))
      for (const { learner_id, entity } of flags) yield { DeleteRequest: { Key: { learner_id, entity } } };
  }
  await writeBatches(client, tables.progress, deletions());
}

type WriteRequest = { PutRequest: { Item: Item } } | { DeleteRequest: { Key: Item } };

async function writeBatches(
  client: DynamoDBDocumentClient,
  table: string,
  requests: Generator<WriteRequest>,
): Promise<void> {
  const writers = Array.from({ length: WRITERS }, async () => {
    for (;;) {
      const batch = Array.from({ length: BATCH }, () => requests.next().value).filter((request) => request);
      if (batch.length === 0) return;
      const { UnprocessedItems } = await client.send(new BatchWriteCommand({ RequestItems: { [table]: batch } }));
      if (Object.keys(UnprocessedItems ?? {}).length > 0) throw new Error("The store did not take a whole batch");
    }
  });
  await Promise.all(writers);
}

function progressOf(catalog: Catalog, modulesEach: number, random: Random): Progress {
  const progress = emptyProgress();
  const first = Math.floor(random.next() * catalog.courses.length);
  for (let offset = 0; offset < catalog.courses.length && progress.module.size < modulesEach; offset++) {
    const course = catalog.courses[(first + offset) % catalog.courses.length];
    for (const { slug } of course?.entries ?? []) {
      if (progress.module.size >= modulesEach) break;
      const completedAt = toTimestamp(FIRST_COMPLETION + Math.floor(random.next() * YEAR_MS));
      progress.module.set(slug, { facts: { completedAt } });
    }
  }
  return progress;
}

function itemsOf(learnerId: string, catalog: Catalog, progress: Progress): { facts: Item[]; flags: Item[] } {
  const stamp = { source: "inferred", recordedAt: toTimestamp(FIRST_COMPLETION + YEAR_MS) } as const;
  return {
    facts: [...progress.module].map(([slug, { facts }]) => ({
      ...entityItemKey(learnerId, { type: "module", slug }),
      ...factAttributes(facts),
    })),
    flags: settle(catalog, progress, { stamp }).map(({ entity, after }) => ({
      ...entityItemKey(learnerId, entity),
      ...(after && flagAttributes(after)),
    })),
  };
}
