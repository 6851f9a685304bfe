/** A row of the file, as it was read; `bytes` is how much of the file was read with it. */
export type Row = { number: number; line: number; bytes: number } & (
  | { cells: readonly string[] }
  | { document: unknown }
  /** It cannot be read as a row. */
  | { fault: string; code: "RAGGED_ROW" | "BAD_CSV" | "INVALID_JSON" }
);

export type Format = "csv" | "ndjson";

/** What is known of the rows before the first. */
export type Layout = { format: "csv"; columns: readonly string[] } | { format: "ndjson" };

export type OpenRows = { layout: Layout; rows: AsyncIterable<Row> };
