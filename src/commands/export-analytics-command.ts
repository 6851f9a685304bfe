import { availableParallelism } from "node:os";
import { AnalyticsFault } from "../analytics/analytics-fault.ts";
import { FORMATS } from "../analytics/export/checkpoint.ts";
import { finishExport } from "../analytics/export/finish-export.ts";
import { forget } from "../analytics/export/forget.ts";
import { lockFolder } from "../analytics/export/lock.ts";
import type { Manifest } from "../analytics/export/manifest.ts";
import { type ExportSummary, runExport } from "../analytics/export/run-export.ts";
import { unfinishedRunsIn } from "../analytics/export/runs.ts";
import { pseudonymsBy } from "../analytics/pseudonyms.ts";
import { openDuckDb } from "../analytics/sql/duckdb.ts";
import { unitsPerPage } from "../service/jobs/units-per-page.ts";
import { analyticsKey } from "./analytics-key.ts";
import { beginExport, type ExportAnalyticsArguments } from "./begin-export.ts";
import { type CommandContext, openForCommand } from "./command.ts";
import { progressDisplay } from "./progress-display.ts";
import { inThreads } from "./segment-thread.ts";
import { StartError } from "./start-error.ts";
import { runStoppable } from "./stoppable.ts";
import { type UploadPlace, uploadPlace, uploadRun } from "./upload-run.ts";

export { FORMATS };

type Print = (line: string) => void;

/** From so many items on, an embedded store is read in threads: with fewer, one thread is done before others have begun. */
const THREADS_FROM = 100_000;
/** Each has the memory of a whole export. */
const MOST_THREADS = 4;
const SEGMENTS_OF_DYNAMODB = 4;

/** What is said on the way goes to standard error where standard output is for something else. */
export type ExportedTo = { print?: Print; threadsFrom?: number };

/** Exports what analysts read, or takes deleted learners out of what was exported. @returns the exit code */
export async function runExportAnalyticsCommand(
  given: ExportAnalyticsArguments,
  { print = (line) => console.log(line), threadsFrom = THREADS_FROM }: ExportedTo = {},
): Promise<number> {
  try {
    const release = lockFolder(given.outputDir);
    try {
      return given.forget ? await forgetDeleted(given, print) : await exportInto(given, { print, threadsFrom });
    } finally {
      release();
    }
  } catch (error) {
    throw error instanceof AnalyticsFault || isOfTheFolder(error) ? new StartError((error as Error).message) : error;
  }
}

/** A folder that cannot be made or written is for whoever named it to put right. */
const isOfTheFolder = (error: unknown): boolean =>
  ["EACCES", "ENOTDIR", "EROFS", "EEXIST", "EPERM"].includes(String((error as NodeJS.ErrnoException).code));

async function forgetDeleted({ outputDir }: ExportAnalyticsArguments, print: Print): Promise<number> {
  const { learners, runs, rows, strangers } = await forget(outputDir);
  print(
    `${rows} rows of ${learners} deleted learners are taken out of ${runs} ${runs === 1 ? "run" : "runs"} in ${outputDir}`,
  );
  for (const run of strangers)
    print(
      `The run ${run} was made under another key than the newest: who was deleted since cannot be found in it. Delete it.`,
    );
  return strangers.length > 0 ? 1 : 0;
}

async function exportInto(given: ExportAnalyticsArguments, to: Required<ExportedTo>): Promise<number> {
  const context = await openForCommand(to.print);
  try {
    return await run(given, context, to);
  } finally {
    await context.opened.close();
  }
}

/** How many segments are worked at once in threads of their own; 1 works all of them in this one. */
function threadsFor({ environment, itemCount }: CommandContext, threadsFrom: number): number {
  // What waits for a network has a processor to spare.
  if (environment.store.kind !== "embedded" || itemCount < threadsFrom) return 1;
  return Math.min(availableParallelism(), MOST_THREADS);
}

async function run(
  given: ExportAnalyticsArguments,
  context: CommandContext,
  { print, threadsFrom }: Required<ExportedTo>,
): Promise<number> {
  const { catalog, opened, itemCount, environment } = context;
  const to = placeOf(given);
  const pseudonyms = pseudonymsBy(analyticsKey(environment));
  const { keyId } = pseudonyms;
  const left = unfinishedRunsIn(given.outputDir);
  const threads = threadsFor(context, threadsFrom);
  const segments = given.segments ?? (environment.store.kind === "embedded" ? threads : SEGMENTS_OF_DYNAMODB);
  const begun = beginExport({ ...given, segments }, { catalogVersion: catalog.version, target: opened.target, keyId });
  const { folder, checkpoint, previous, finalPath } = begun;
  const { options } = checkpoint;
  // Better now than after an hour.
  if (options.format === "parquet" || options.format === "duckdb") (await openDuckDb()).close();
  const { store, meter, scanner } = opened.connect("batch", given);
  const after = options.previous === undefined ? "" : `, what changed since ${options.previous}`;
  print(`run      ${checkpoint.run}, ${options.format}${after}${given.resume === undefined ? "" : ", resumed"}`);
  for (const name of left.filter((one) => one !== checkpoint.run))
    print(
      `         ${name} was cut off; go on with it by --resume=${name}, or delete ${folder.path.replace(checkpoint.run, name)}`,
    );

  const stop = new AbortController();
  const display = progressDisplay(itemCount);
  const exportRun = {
    store,
    scanner: scanner(unitsPerPage(given.maxRcu, options.segments)),
    meter,
    catalog,
    pseudonyms,
    folder,
    previous,
    checkpoint,
    signal: stop.signal,
  };
  return runStoppable<{ summary: ExportSummary; manifest: Manifest }>({
    stop,
    display,
    inHand: "learners",
    work: async () => {
      const summary = await runExport(
        exportRun,
        ({ itemsRead, learners, seconds }) => display.update(itemsRead, learners, seconds),
        threads > 1 && options.segments > 1 ? inThreads(stop.signal, threads) : undefined,
      );
      if (summary === undefined) return undefined;
      display.stop();
      return { summary, manifest: await finishExport(exportRun, summary, finalPath) };
    },
    conclude: async ({ summary, manifest }) => {
      print(summaryText(summary, manifest, finalPath));
      if (to !== undefined) print(`They are also in ${await uploadRun(finalPath, manifest, to, environment)}`);
      return summary.failed > 0 ? 1 : 0;
    },
    done: () => `${checkpoint.tally.processed + checkpoint.tally.failed} learners`,
    goOn: `npm run export-analytics -- --output-dir=${given.outputDir} --resume=${checkpoint.run}`,
  });
}

/** @throws StartError where what is asked for cannot be told from its place in S3 */
function placeOf({ to, format = "parquet", incremental, resume }: ExportAnalyticsArguments): UploadPlace | undefined {
  if (to === undefined) return undefined;
  if (format !== "parquet" || incremental || resume !== undefined)
    throw new StartError("--to takes whole runs as Parquet: leave --format, --incremental and --resume out.");
  return uploadPlace(to);
}

function summaryText(
  { processed, failed, unsettled, seconds }: ExportSummary,
  manifest: Manifest,
  path: string,
): string {
  const tables = Object.values(manifest.tables);
  const rows = tables.reduce((sum, table) => sum + table.rows, 0);
  const bytes = [...tables.flatMap(({ files }) => files), ...manifest.files].reduce((sum, file) => sum + file.bytes, 0);
  const total = processed + failed;
  const lines = [
    "",
    `${total} learners in ${seconds.toFixed(1)} s (${Math.round(total / Math.max(seconds, 0.001))} a second), ${rows} rows in ${tables.length} tables, ${(bytes / 1_000_000).toFixed(1)} MB`,
  ];
  if (manifest.kind === "incremental")
    lines.push(`  ${manifest.learners_written} changed since ${manifest.previous_run}; the others are as they were`);
  if (unsettled > 0)
    lines.push(
      `  ${unsettled} have flags that their facts contradict; npm run backfill -- --dry-run shows them (view flag_audit)`,
    );
  if (failed > 0) lines.push(`  ${failed} have items that cannot be read: export-failures.json names them`);
  return [...lines, `The files are in ${path}`].join("\n");
}
