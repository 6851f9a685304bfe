import { csvField } from "../csv-field.ts";
import type { Table } from "../tables/define-table.ts";
import type { Format } from "./checkpoint.ts";

type Row = Record<string, unknown>;
/** How rows are written down: a line each, and what stands before the first. */
export type Encoding = { extension: "csv" | "ndjson"; head: (table: Table) => string; line: (row: object) => string };

const ndjson: Encoding = { extension: "ndjson", head: () => "", line: (row) => `${JSON.stringify(row)}\n` };

const csv: Encoding = {
  extension: "csv",
  head: ({ columns }) => `${Object.keys(columns).join(",")}\r\n`,
  line: csvLine,
};

function csvLine(row: object): string {
  let line = "";
  let separator = "";
  // A list of the values takes twice the time, and an export has millions of rows.
  for (const name in row) {
    line += separator + csvField((row as Row)[name]);
    separator = ",";
  }
  return `${line}\r\n`;
}

/** Parquet and DuckDB files are made of rows that were written as CSV first, half as long as NDJSON. */
export const encodingOf = (format: Format): Encoding => (format === "ndjson" ? ndjson : csv);
