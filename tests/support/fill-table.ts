import { BatchWriteCommand, type DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import pLimit from "p-limit";
import type { Catalog } from "../../src/catalog/catalog.ts";
import { settle } from "../../src/completion/settle.ts";
import { emptyProgress, type Progress } from "../../src/model/progress.ts";
import { toTimestamp } from "../../src/model/time.ts";
import { factAttributes, flagAttributes, type Item } from "../../src/store/items.ts";
import { entityItemKey } from "../../src/store/keys.ts";
import type { TableNames } from "../../src/store/tables.ts";

type Filling = {
  learners: number;
  /** Completed modules of each learner: whole courses one after the other, beginning anywhere in the catalog. */
  modulesEach: number;
  flags: "right" | "missing";
  seed?: number;
};

const FIRST_COMPLETION = Date.parse("2024-01-01T00:00:00.000Z");
const YEAR_MS = 365 * 86_400_000;
const BATCH = 25;

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
export function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Fills a table with learners `learner-0`, `learner-1`, … whose facts depend on the seed alone. */
export async function fillTable(
  client: DynamoDBDocumentClient,
  tables: TableNames,
  catalog: Catalog,
  { learners, modulesEach, flags, seed = 1 }: Filling,
): Promise<void> {
  const random = randomNumbers(seed);
  const limit = pLimit(16);
  let writes: Promise<unknown>[] = [];
  const pending: Item[] = [];
  const flush = async (all: boolean) => {
    while (pending.length >= BATCH || (all && pending.length > 0)) {
      const Items = pending.splice(0, BATCH).map((item) => ({ PutRequest: { Item: item } }));
      writes.push(limit(() => client.send(new BatchWriteCommand({ RequestItems: { [tables.progress]: Items } }))));
    }
    if (writes.length < 64 && !all) return;
    await Promise.all(writes);
    writes = [];
  };

  for (let number = 0; number < learners; number++) {
    pending.push(...learnerItems(`learner-${number}`, catalog, modulesEach, flags, random));
    await flush(false);
  }
  await flush(true);
}

function learnerItems(
  learnerId: string,
  catalog: Catalog,
  modulesEach: number,
  flags: Filling["flags"],
  random: () => number,
): Item[] {
  const progress: Progress = emptyProgress();
  const first = Math.floor(random() * catalog.courses.length);
  for (let offset = 0; offset < catalog.courses.length && progress.module.size < modulesEach; offset++) {
    const course = catalog.courses[(first + offset) % catalog.courses.length];
    for (const { slug } of course?.entries ?? []) {
      if (progress.module.size >= modulesEach) break;
      progress.module.set(slug, { completedAt: toTimestamp(FIRST_COMPLETION + Math.floor(random() * YEAR_MS)) });
    }
  }
  const items = [...progress.module].map(([slug, facts]) => ({
    ...entityItemKey(learnerId, { type: "module", slug }),
    ...factAttributes(facts),
  }));
  if (flags === "missing") return items;
  const stamp = { source: "inferred", recordedAt: toTimestamp(FIRST_COMPLETION + YEAR_MS) } as const;
  const flagged = settle(catalog, progress, { stamp }).map(({ entity, after }) => ({
    ...entityItemKey(learnerId, entity),
    ...(after && flagAttributes(after)),
  }));
  return [...items, ...flagged];
}
