import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { DuckDBConnection } from "@duckdb/node-api";
import { copyToParquet } from "../../src/analytics/export/copy-to-parquet.ts";
import { quoted } from "../../src/analytics/sql/duckdb.ts";
import { viewsForRuns } from "../../src/analytics/sql/views.ts";
import type { Column, Table } from "../../src/analytics/tables/define-table.ts";
import { TABLES } from "../../src/analytics/tables/index.ts";
import { duckDbType } from "../../src/analytics/tables/types.ts";

const HOLDERS = 40;
const DAY = 86_400;
/** Over so many days activity is spread evenly, which is the hardest for a view: hardly a learner does two things in one week. */
const DAYS = 900;

const COMPLETIONS_EACH = 4;

/** So many rows a table has for each row of fact_completion. */
const SHARES: Record<string, number> = {
  dim_learner: 1 / COMPLETIONS_EACH,
  // As many different weeks and months as the moments of the other tables come to.
  fact_active_week: 7.9,
  fact_active_month: 5.3,
  fact_term: 0.5,
  fact_module_progress: 2,
  fact_missing: 1,
  fact_attempt: 2,
  fact_question_answer: 2,
  fact_completion_data: 1,
  fact_session: 0.5,
  fact_review: 0.5,
  fact_review_card: 0.25,
};

const when = (salt: number) => `TIMESTAMP '2023-01-02' + to_seconds((hash(i + ${salt}) % ${DAYS * DAY})::BIGINT)`;
const evenly = (period: string) => `date_trunc('${period}', ${when(1)})`;
const oneOf = (...texts: string[]) => `[${texts.map(quoted).join(", ")}][1 + i % ${texts.length}]`;

/** Believable enough to be counted; what the views join by fits together. */
const VALUES: Record<string, string> = {
  catalog_version: "'v1'",
  is_current: "true",
  week: evenly("week"),
  month: evenly("month"),
  first_month: "TIMESTAMP '2023-01-01' + to_months((hash(i) % 30)::INTEGER)",
  months_later: "hash(i + 1) % 30",
  holder_type: "'course'",
  entity_type: "'course'",
  holder: `'course-' || (i % ${HOLDERS})`,
  entity: `'course-' || (i % ${HOLDERS})`,
  entry_type: "'module'",
  missing_type: "'module'",
  entry: "'module-' || (i // 40)",
  missing: "'module-' || (i % 5)",
  position: "1 + i // 40",
  status: oneOf("started", "completed"),
  completed: "i % 2 = 1",
  term: "CASE WHEN i % 2 = 1 THEN 1 END",
  short_by: "CASE WHEN i % 2 = 1 THEN 0 ELSE 1 + i % 4 END",
  done: "3",
  is_settled: "true",
  audit: "'ok'",
  kind: "'task'",
  module: "'module-' || (i % 200)",
  task: "'quiz'",
  question: "'q' || (i % 10)",
  field: "'field-' || (i % 3)",
  is_passed: "i % 3 > 0",
  is_right: "i % 3 > 0",
  is_void: "false",
  is_waived: "false",
};

function expressionOf(name: string, { type }: Column, { salt, learner }: { salt: number; learner: string }): string {
  const known = VALUES[name];
  if (known !== undefined) return known;
  if (name === "learner") return `md5((${learner})::VARCHAR)`;
  if (type === "time") return when(salt);
  if (type === "integer") return "i % 100";
  if (type === "number") return "(hash(i) % 1000) / 10.0";
  return type === "boolean" ? "i % 2 = 0" : `'${name}-' || i`;
}

/** Parquet files as an export writes them, with so many completions, and the views over them. */
export async function manyCompletions(
  connection: DuckDBConnection,
  folder: string,
  completions: number,
): Promise<void> {
  const tables = TABLES.filter(({ isIdentified }) => !isIdentified);
  const fileOf = ({ name }: Table) => join(folder, name, "part-0.parquet");
  for (const [place, table] of tables.entries()) {
    mkdirSync(join(folder, table.name), { recursive: true });
    // Rows of a learner lie side by side, as an export writes them.
    const learner = table.name === "dim_learner" ? "i" : `(i % ${completions}) // ${COMPLETIONS_EACH}`;
    const columns = Object.entries(table.columns).map(
      ([name, column], index) =>
        `(${expressionOf(name, column, { salt: place * 104_729 + index * 7_919, learner })})::${duckDbType(column.type)} AS "${name}"`,
    );
    const rows = `SELECT ${columns.join(", ")} FROM range(${rowsOf(table.name, completions)}) r(i)`;
    await copyToParquet(connection, rows, fileOf(table));
  }
  await connection.run(viewsForRuns(tables, (table) => [{ run: "2026", paths: [fileOf(table)] }]));
}

function rowsOf(table: string, completions: number): number {
  if (table === "fact_completion") return completions;
  if (table === "bridge_entry") return 5 * HOLDERS;
  return table === "dim_catalog" ? 1 : Math.round(completions * (SHARES[table] ?? 0));
}
