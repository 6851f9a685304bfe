import type { DuckDBConnection } from "@duckdb/node-api";
import { AnalyticsFault } from "../analytics-fault.ts";

export type Value = string | number | boolean | null;
export type Answer = { columns: string[]; rows: Value[][]; isNumber: boolean[] };

/**
 * What a query comes to, numbers as numbers and times as text.
 * @throws AnalyticsFault for SQL that is wrong, with what DuckDB says of it
 */
export async function ask(connection: DuckDBConnection, sql: string): Promise<Answer> {
  const answer = await connection.runAndReadAll(sql).catch((error: Error) => {
    throw new AnalyticsFault(error.message);
  });
  if (answer.columnCount === 0)
    throw new AnalyticsFault('The SQL asks nothing. Ask for instance: npm run -s sql -- "from funnel"');
  const types = answer.columnTypes().map(String);
  const rows = answer.getRowsJson().map((row) => row.map((value, column) => valueOfType(value, types[column] ?? "")));
  return { columns: answer.deduplicatedColumnNames(), rows, isNumber: types.map(isNumeric) };
}

const NUMERIC = /^(U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?|FLOAT|DOUBLE|DECIMAL\(.*\))$/;
const isNumeric = (type: string): boolean => NUMERIC.test(type);

/** Large numbers come as text, and times as DuckDB writes them. */
function valueOfType(value: unknown, type: string): Value {
  if (value === null || value === undefined) return null;
  if (isNumeric(type)) return Number(value);
  if (type.startsWith("TIMESTAMP")) return `${String(value).replace(" ", "T")}Z`.replace(/(:\d\d)Z$/, "$1.000Z");
  if (typeof value === "boolean") return value;
  return typeof value === "string" ? value : JSON.stringify(value);
}
