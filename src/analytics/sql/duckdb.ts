import type { DuckDBConnection } from "@duckdb/node-api";
import { AnalyticsFault } from "../analytics-fault.ts";

const MISSING =
  "This takes DuckDB, which is not installed here. Install it with: npm install --include=optional (CSV and NDJSON need nothing: --format=csv).";

/** A database in memory, or in a file; it may use a bounded part of the machine's memory, and no network. */
export async function openDuckDb(
  path = ":memory:",
  {
    memory = "512MB",
    temporary,
    isReadOnly = false,
  }: { memory?: string; temporary?: string; isReadOnly?: boolean } = {},
): Promise<{ connection: DuckDBConnection; close: () => void }> {
  // The package is optional, and large: no function on AWS has it.
  const { DuckDBInstance } = await import("@duckdb/node-api").catch(() => {
    throw new AnalyticsFault(MISSING);
  });
  const instance = await DuckDBInstance.create(path, {
    memory_limit: memory,
    autoinstall_known_extensions: "false",
    autoload_known_extensions: "false",
    ...(isReadOnly && { access_mode: "READ_ONLY" }),
    ...(temporary !== undefined && { temp_directory: temporary }),
  });
  const connection = await instance.connect();
  // The order of rows is nobody's, and to keep it takes memory.
  await connection.run("SET TimeZone = 'UTC'; SET preserve_insertion_order = false");
  return {
    connection,
    close() {
      connection.closeSync();
      instance.closeSync();
    },
  };
}

/** A text in SQL. */
export const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;
