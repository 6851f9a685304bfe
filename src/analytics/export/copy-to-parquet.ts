import type { DuckDBConnection } from "@duckdb/node-api";
import { quoted } from "../sql/duckdb.ts";

/** Small groups of rows, since a writer holds one of them for each of its threads. */
const OPTIONS = "FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 20480";

/** Writes what a query comes to into a Parquet file. */
export const copyToParquet = (connection: DuckDBConnection, query: string, path: string): Promise<unknown> =>
  connection.run(`COPY (${query}) TO ${quoted(path)} (${OPTIONS})`);
