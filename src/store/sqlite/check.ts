import type { DatabaseSync } from "node:sqlite";
import { isTimestamp } from "../../model/time.ts";
import { type Item, readingOf } from "../items.ts";
import { ATTEMPT_PREFIX, isOfLearner } from "../keys.ts";
import type { TableOf } from "../learner-items.ts";

import { bucketOf } from "./bucket.ts";
import { DamagedItem, sqliteFaultOf } from "./faults.ts";
import { type Row, Table } from "./table.ts";

const MAX_FINDINGS = 100;
const PAGE = 500;

export type CheckedStore = { items: Record<TableOf, number>; findings: string[] };

/**
 * Verifies a file: that its pages and indexes fit together, and that every item is what was written and can be read as
 * what it is. Reads page by page, so that a service may go on writing.
 */
export function checkStore(database: DatabaseSync): CheckedStore {
  const findings = integrityOf(database);
  const items = { progress: 0, records: 0 };
  for (const name of ["progress", "records"] as const) {
    const table = new Table(database, name);
    try {
      for (const row of rowsOf(database, table)) {
        items[name]++;
        const reason = faultOf(table, row);
        if (reason !== undefined) findings.push(`${name}: learner ${row.learner_id}, ${row.key}: ${reason}`);
      }
    } catch (error) {
      if (sqliteFaultOf(error) === undefined) throw error;
      findings.push(`${name}: after ${items[name]} items: ${(error as Error).message}`);
    }
  }
  return { items, findings: findings.slice(0, MAX_FINDINGS) };
}

function integrityOf(database: DatabaseSync): string[] {
  try {
    const lines = database.prepare(`PRAGMA integrity_check(${MAX_FINDINGS})`).all();
    return lines.map(({ integrity_check: line }) => String(line)).filter((line) => line !== "ok");
  } catch (error) {
    if (sqliteFaultOf(error) === undefined) throw error;
    return [`The file: ${(error as Error).message}`];
  }
}

type CheckedRow = Row & { bucket: number };

function* rowsOf(database: DatabaseSync, { name, key }: Table): Generator<CheckedRow> {
  const select = database.prepare(
    `SELECT bucket, learner_id, ${key} AS key, item, sum FROM ${name}` +
      ` WHERE (bucket, learner_id, ${key}) > (?, ?, ?) ORDER BY bucket, learner_id, ${key} LIMIT ?`,
  );
  let last: CheckedRow | undefined;
  do {
    const rows = select.all(last?.bucket ?? -1, last?.learner_id ?? "", last?.key ?? "", PAGE) as CheckedRow[];
    yield* rows;
    last = rows.at(-1);
  } while (last !== undefined);
}

/** Why an item is not what it should be. */
function faultOf(table: Table, row: CheckedRow): string | undefined {
  if (row.bucket !== bucketOf(row.learner_id)) return "it lies where nobody looks for it";
  let item: Item;
  try {
    item = table.itemOf(row);
  } catch (error) {
    return error instanceof DamagedItem ? "it is not what was written" : "it is no JSON";
  }
  if (!isOfLearner(item)) return undefined;
  if (table.name === "progress") return readingOf([item]).faults[0]?.reason;
  return row.key.startsWith(ATTEMPT_PREFIX) && !isTimestamp(item.occurred_at) ? "it has no time" : undefined;
}
