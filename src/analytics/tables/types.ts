import type { ColumnType, Table } from "./define-table.ts";

/** Parquet's times have milliseconds: Athena misreads those that DuckDB writes of itself, in microseconds. */
const DUCKDB: Record<ColumnType, string> = {
  text: "VARCHAR",
  integer: "INTEGER",
  number: "DOUBLE",
  boolean: "BOOLEAN",
  time: "TIMESTAMP_MS",
};

const ATHENA: Record<ColumnType, string> = {
  text: "string",
  integer: "int",
  number: "double",
  boolean: "boolean",
  time: "timestamp",
};

export const duckDbType = (type: ColumnType): string => DUCKDB[type];
export const athenaType = (type: ColumnType): string => ATHENA[type];

/** A table's columns with their types, as SQL lists them. */
export const columnsAs = ({ columns }: Table, typeOf: (type: ColumnType) => string): string =>
  Object.entries(columns)
    .map(([name, { type }]) => `"${name}" ${typeOf(type)}`)
    .join(", ");
