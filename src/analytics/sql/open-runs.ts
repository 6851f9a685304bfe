import { join } from "node:path";
import type { DuckDBConnection } from "@duckdb/node-api";
import { AnalyticsFault } from "../analytics-fault.ts";
import { DATABASE } from "../export/convert.ts";
import { currentRuns, type Run } from "../export/runs.ts";
import { tableNamed } from "../tables/index.ts";
import { openDuckDb } from "./duckdb.ts";
import { viewsForRuns } from "./views.ts";

export type OpenRuns = { connection: DuckDBConnection; runs: Run[]; close: () => void };

/**
 * A connection that has all tables and views of an export.
 * @param from a run's folder, or the folder of all runs
 * @throws AnalyticsFault where it is none
 */
export async function openRuns(from: string): Promise<OpenRuns> {
  const runs = currentRuns(from);
  const [newest] = runs.slice(-1) as [Run];
  const { format } = newest.manifest;
  if (format === "csv" || format === "ndjson")
    throw new AnalyticsFault(
      `${newest.path} has ${format} files, and this reads Parquet and DuckDB. Export with --format=parquet.`,
    );
  if (format === "duckdb") return { ...(await openDuckDb(join(newest.path, DATABASE), { isReadOnly: true })), runs };
  const opened = await openDuckDb();
  const tables = Object.keys(newest.manifest.tables).flatMap((name) => tableNamed(name) ?? []);
  const files = ({ name }: { name: string }) =>
    runs.flatMap(({ path, manifest }) => {
      const paths = (manifest.tables[name]?.files ?? []).map((file) => join(path, file.path));
      return paths.length === 0 ? [] : [{ run: manifest.run, paths }];
    });
  await opened.connection.run(viewsForRuns(tables, files)).catch((error: Error) => {
    opened.close();
    throw new AnalyticsFault(`${from} cannot be read: ${error.message}`);
  });
  return { ...opened, runs };
}
