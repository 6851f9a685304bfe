import type { DatabaseSync, StatementSync } from "node:sqlite";
import { bucketOf } from "../../src/store/sqlite/bucket.ts";
import { encodeItem, sumOf } from "../../src/store/sqlite/encode-item.ts";
import { moduleSlug } from "./content.ts";
import { BATCH, newLearner, SHAPE, TS } from "./embedded-load.ts";

type Statements = { get: StatementSync; put: StatementSync };

const MARK = { completed_at: TS, marks: new Set([`${TS}#${TS}#known#trusted`]) };
const FLAG = {
  completed: true,
  completed_at: TS,
  completion_source: "inferred",
  recorded_at: TS,
  catalog_version: "0",
};

/**
 * The statements that batches of events come to, on a bare connection: the facts and the history of each batch in one
 * transaction with one flush, a read of each learner, and their flags in another.
 * @returns milliseconds
 */
export function rawBatches(file: DatabaseSync, batches: number): number {
  const statementsOf = (table: string, key: string, indexed: string): Statements => ({
    get: file.prepare(`SELECT item, sum FROM ${table} WHERE bucket = ? AND learner_id = ? AND ${key} = ?`),
    put: file.prepare(
      `INSERT INTO ${table} (bucket, learner_id, ${key}, item, sum, ${indexed}) VALUES (?, ?, ?, ?, ?, ?)` +
        ` ON CONFLICT DO UPDATE SET item = excluded.item, sum = excluded.sum`,
    ),
  });
  const progress = statementsOf("progress", "entity", "completed_at");
  const records = statementsOf("records", "record", "occurred_at");
  const read = file.prepare("SELECT entity, item, sum FROM progress WHERE bucket = ? AND learner_id = ?");

  const write = ({ get, put }: Statements, learner: string, key: string, item: Record<string, unknown>) => {
    get.get(bucketOf(learner), learner, key);
    const text = encodeItem(item);
    put.run(bucketOf(learner), learner, key, text, sumOf(learner, key, text), TS);
  };
  const inTransaction = (work: () => void) => {
    file.exec("BEGIN IMMEDIATE");
    work();
    file.exec("COMMIT");
  };

  const began = performance.now();
  for (let batch = 0; batch < batches; batch++) {
    const learners = Array.from({ length: BATCH / SHAPE.modulesPerCourse }, newLearner);
    const slugs = Array.from({ length: SHAPE.modulesPerCourse }, (_, module) => moduleSlug(0, module));
    inTransaction(() => {
      for (const learner of learners)
        for (const slug of slugs) {
          write(progress, learner, `MODULE#${slug}`, MARK);
          const attempt = { event_id: slug, occurred_at: TS, module_slug: slug, kind: "completion", received_at: TS };
          write(records, learner, `ATTEMPT#${TS}#${slug}`, attempt);
        }
    });
    for (const learner of learners) read.all(bucketOf(learner), learner);
    inTransaction(() => {
      for (const learner of learners) write(progress, learner, "COURSE#course-0000", FLAG);
    });
  }
  return performance.now() - began;
}

/** Fills a new file with learners who have done a course each, in few transactions and in the order in which they lie. */
export function fillWithLearners(file: DatabaseSync, count: number): void {
  const learners = Array.from({ length: count }, (_, each) => `many-${each}`)
    .map((learner) => ({ learner, bucket: bucketOf(learner) }))
    .sort((a, b) => a.bucket - b.bucket || (a.learner < b.learner ? -1 : 1));
  const item = encodeItem(MARK);
  const put = file.prepare(
    "INSERT INTO progress (bucket, learner_id, entity, item, sum, completed_at) VALUES (?, ?, ?, ?, ?, ?)",
  );
  const keys = Array.from({ length: SHAPE.modulesPerCourse }, (_, module) => `MODULE#${moduleSlug(0, module)}`);
  file.exec("BEGIN IMMEDIATE");
  for (const { learner, bucket } of learners)
    for (const key of keys) put.run(bucket, learner, key, item, sumOf(learner, key, item), TS);
  file.exec("COMMIT");
}
