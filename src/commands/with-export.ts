import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AnalyticsFault } from "../analytics/analytics-fault.ts";
import { type OpenRuns, openRuns } from "../analytics/sql/open-runs.ts";
import { runExportAnalyticsCommand } from "./export-analytics-command.ts";
import { StartError } from "./start-error.ts";

/**
 * Works on an export: on the one that is named, or on one that is made for it in a temporary folder, and taken away again.
 * What is said on the way goes to standard error.
 * @throws StartError where the folder is no export, and for what the work throws as AnalyticsFault
 */
export async function withExport<T>(from: string | undefined, work: (opened: OpenRuns) => Promise<T>): Promise<T> {
  const folder = from ?? mkdtempSync(join(tmpdir(), "waymark-export-"));
  const remove = () => from ?? rmSync(folder, { recursive: true, force: true });
  try {
    if (from === undefined) await exportInto(folder);
    const opened = await openRuns(folder);
    try {
      return await work(opened);
    } finally {
      opened.close();
    }
  } catch (error) {
    throw error instanceof AnalyticsFault ? new StartError(error.message) : error;
  } finally {
    remove();
  }
}

async function exportInto(folder: string): Promise<void> {
  console.error("No --from is given: what is in the store is exported to a temporary folder, for this once.");
  const plain = { incremental: false, identified: false, withText: false, forget: false, concurrency: 32 };
  const code = await runExportAnalyticsCommand(
    { ...plain, outputDir: folder, format: "parquet" },
    { print: (line) => console.error(line) },
  );
  if (code > 1) throw new StartError("The export was not finished.");
}
