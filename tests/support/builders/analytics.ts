import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { finishExport } from "../../../src/analytics/export/finish-export.ts";
import type { Manifest } from "../../../src/analytics/export/manifest.ts";
import { type BeginSegment, runExport } from "../../../src/analytics/export/run-export.ts";
import { pseudonymsBy } from "../../../src/analytics/pseudonyms.ts";
import type { Catalog } from "../../../src/catalog/catalog.ts";
import { beginExport, type ExportAnalyticsArguments } from "../../../src/commands/begin-export.ts";
import type { StoreUnderTest } from "../processes/store-under-test.ts";

export const KEY = "a key that is for tests alone";
export const pseudonyms = pseudonymsBy(KEY);

type Wishes = Partial<ExportAnalyticsArguments> & {
  outputDir: string;
  key?: string;
  startTime?: string;
  signal?: AbortSignal;
  begin?: BeginSegment | undefined;
};

/** Exports a store as the command does. @returns the run's folder and manifest; undefined where the signal stopped it */
export async function exported(
  { store, scanner }: Pick<StoreUnderTest, "store" | "scanner">,
  catalog: Catalog,
  { key = KEY, signal = new AbortController().signal, startTime, begin, ...wishes }: Wishes,
): Promise<{ path: string; manifest: Manifest } | undefined> {
  const names = pseudonymsBy(key);
  const none = { incremental: false, identified: false, withText: false, forget: false, segments: 1, concurrency: 8 };
  const where = { catalogVersion: catalog.version, target: "test", keyId: names.keyId };
  const { folder, checkpoint, previous, finalPath } = beginExport({ ...none, ...wishes }, where);
  if (startTime !== undefined) checkpoint.startTime = startTime;
  const meter = { rcu: 0, wcu: 0 };
  const run = { store, scanner: scanner(), meter, catalog, pseudonyms: names, folder, previous, checkpoint, signal };
  const summary = await runExport(run, () => {}, begin);
  return summary && { path: finalPath, manifest: await finishExport(run, summary, finalPath) };
}

/** The rows of a table in a run of NDJSON. */
export function rowsIn(run: string, table: string): Record<string, unknown>[] {
  const folder = join(run, table);
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .sort()
    .flatMap((file) => readFileSync(join(folder, file), "utf8").split("\n"))
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line));
}
