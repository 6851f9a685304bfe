import type { Table } from "../tables/define-table.ts";

type Row = Record<string, unknown>;
/** How rows are written down: a line each, and what stands before the first. */
export type Encoding = { extension: "csv" | "ndjson"; head: (table: Table) => string; line: (row: object) => string };

const ndjson: Encoding = { extension: "ndjson", head: () => "", line: (row) => `${JSON.stringify(row)}\n` };

/** RFC 4180; what is not known is an empty field, and an empty text is "". */
const csv: Encoding = {
  extension: "csv",
  head: ({ columns }) => `${Object.keys(columns).join(",")}\r\n`,
  line: (row) =>
    `${Object.values(row as Row)
      .map(csvField)
      .join(",")}\r\n`,
};

function csvField(value: unknown): string {
  if (value === null || value === undefined) return "";
  const text = String(value);
  return text === "" || /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Parquet and DuckDB files are made of rows that were written as NDJSON first. */
export const encodingOf = (format: "parquet" | "csv" | "ndjson" | "duckdb"): Encoding =>
  format === "csv" ? csv : ndjson;
