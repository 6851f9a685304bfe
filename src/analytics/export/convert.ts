import { existsSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { openDuckDb, quoted } from "../sql/duckdb.ts";
import type { Table } from "../tables/define-table.ts";
import { duckDbType } from "../tables/types.ts";
import { copyToParquet } from "./copy-to-parquet.ts";
import { STAGED } from "./part-files.ts";

/** What is more than that goes to the run's folder: an export stands beside a service. */
const MEMORY = "160MB";
export const DATABASE = "analytics.duckdb";

/**
 * How encode-rows.ts writes CSV: what is not known is an empty field, and an empty text is "". Each thread reads by a few
 * buffers, which are 32 MB unless told otherwise: a large export then takes more memory than a small one.
 */
const CSV =
  "auto_detect = false, header = true, delim = ',', quote = '\"', escape = '\"', new_line = '\\r\\n', nullstr = '', " +
  "allow_quoted_nulls = false, max_line_size = 1048576, buffer_size = 4194304";

/** Rows that were written as CSV, with the types that the tables say. */
function stagedRows(folder: string, { name, columns, kind }: Table): string {
  const staged = join(folder, STAGED, name);
  const names = Object.entries(columns);
  const files = existsSync(staged)
    ? readdirSync(staged)
        .sort()
        .map((file) => quoted(join(staged, file)))
    : [];
  if (files.length === 0)
    return `SELECT ${names.map(([column, { type }]) => `NULL::${duckDbType(type)} AS "${column}"`).join(", ")} WHERE false`;
  const types = names.map(
    ([column, { type }]) => `"${column}": ${quoted(type === "time" ? "TIMESTAMP" : duckDbType(type))}`,
  );
  const casts = names.map(([column, { type }]) => `"${column}"::${duckDbType(type)} AS "${column}"`);
  // A run that was interrupted may have come to an id twice.
  const distinct = kind === "deletion" ? "DISTINCT " : "";
  return (
    `SELECT ${distinct}${casts.join(", ")} FROM read_csv([${files.join(", ")}], ${CSV}, ` +
    `columns = {${types.join(", ")}})`
  );
}

/** Makes a Parquet file of each table's rows, also of one that has none. */
export async function convertToParquet(folder: string, tables: readonly Table[]): Promise<void> {
  const { connection, close } = await openDuckDb(":memory:", { memory: MEMORY, temporary: join(folder, "tmp") });
  try {
    for (const table of tables) {
      mkdirSync(join(folder, table.name), { recursive: true });
      await copyToParquet(connection, stagedRows(folder, table), join(folder, table.name, "part-0.parquet"));
    }
  } finally {
    close();
    rmSync(join(folder, "tmp"), { recursive: true, force: true });
  }
}

/** Makes one database of all tables. @param views SQL that is run in it at the end */
export async function convertToDatabase(folder: string, tables: readonly Table[], views: string): Promise<void> {
  rmSync(join(folder, DATABASE), { force: true });
  const { connection, close } = await openDuckDb(join(folder, DATABASE), {
    memory: MEMORY,
    temporary: join(folder, "tmp"),
  });
  try {
    for (const table of tables) await connection.run(`CREATE TABLE "${table.name}" AS ${stagedRows(folder, table)}`);
    if (views !== "") await connection.run(views);
    await connection.run("CHECKPOINT");
  } finally {
    close();
    rmSync(join(folder, "tmp"), { recursive: true, force: true });
  }
}
