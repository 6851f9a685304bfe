import { existsSync } from "node:fs";
import { basename, join } from "node:path";
import { AnalyticsFault } from "../analytics/analytics-fault.ts";
import {
  type ExportCheckpoint,
  type ExportOptions,
  type Format,
  newExportCheckpoint,
} from "../analytics/export/checkpoint.ts";
import { INCREMENTAL } from "../analytics/export/run-names.ts";
import { type Run, runsIn, unfinishedPath } from "../analytics/export/runs.ts";
import { TABLES, tableNamed } from "../analytics/tables/index.ts";
import { toTimestamp } from "../model/time.ts";
import { RunFolder } from "../service/jobs/run-folder.ts";
import { checkResumable } from "./check-resumable.ts";
import { nameOfRun } from "./name-of-run.ts";
import { StartError } from "./start-error.ts";

/** The command line, as the parser gives it. */
export type ExportAnalyticsArguments = {
  outputDir: string;
  format?: Format;
  incremental: boolean;
  identified: boolean;
  withText: boolean;
  tables?: string[];
  segments?: number;
  concurrency: number;
  maxRcu?: number;
  resume?: string;
  /** Where in S3 the run is put besides: `s3://bucket/prefix`. */
  to?: string;
  forget: boolean;
};

type Where = { catalogVersion: string; target: string; keyId: string };
export type BegunExport = {
  folder: RunFolder;
  checkpoint: ExportCheckpoint;
  /** The folder of the run that an incremental one is compared with. */
  previous: string | undefined;
  /** What the run is called once it is whole. */
  finalPath: string;
};

const FILES = { summary: "export-summary.json", failures: "export-failures.json" };

/** A new run, or the one to go on with. @throws StartError, before anything is written */
export function beginExport(given: ExportAnalyticsArguments & { segments: number }, where: Where): BegunExport {
  if (given.resume !== undefined) return resumed(given, where);
  const unknown = (given.tables ?? []).filter((name) => tableNamed(name) === undefined);
  if (unknown.length > 0)
    throw new StartError(
      `There is no table ${unknown.join(", ")}. There are ${TABLES.map(({ name }) => name).join(", ")}.`,
    );
  const before = given.incremental ? runBefore(given, where) : undefined;
  const startTime = toTimestamp(Date.now());
  const run = nameOfRun(startTime) + (before ? INCREMENTAL : "");
  const options: ExportOptions = {
    format: before?.manifest.format ?? given.format ?? "parquet",
    tables: given.tables,
    identified: given.identified,
    withText: given.withText,
    // A learner is looked for where the run before had it.
    segments: before?.manifest.segments ?? given.segments,
    concurrency: given.concurrency,
    ...(before && { previous: before.manifest.run }),
  };
  return {
    folder: new RunFolder(unfinishedPath(given.outputDir, run), FILES),
    checkpoint: newExportCheckpoint({ run, options, ...where, startTime }),
    previous: before?.path,
    finalPath: join(given.outputDir, run),
  };
}

/** The newest run, and why it cannot be gone on from. */
function runBefore(given: ExportAnalyticsArguments, { keyId }: Where): Run {
  const { outputDir, tables, format, identified, withText } = given;
  if (tables !== undefined)
    throw new StartError("--incremental and --tables exclude each other: what is left out would be missing for ever.");
  const before = newestRun(outputDir);
  if (before === undefined)
    throw new StartError(
      `${outputDir} has no run yet that an incremental one could follow. Leave --incremental out once.`,
    );
  const { manifest } = before;
  if (manifest.key_id !== keyId)
    throw new StartError(
      `The run ${manifest.run} was made under another key, so its pseudonyms are others. Set ANALYTICS_KEY to that key, or leave --incremental out.`,
    );
  if (manifest.format === "duckdb")
    throw new StartError(
      "--incremental writes runs beside one another, and a DuckDB database is one of its own. Leave --incremental out.",
    );
  const differs =
    (format !== undefined && format !== manifest.format && `--format=${manifest.format}`) ||
    (identified !== manifest.identified && `${manifest.identified ? "" : "no "}--identified`) ||
    (withText !== manifest.with_text && `${manifest.with_text ? "" : "no "}--with-text`) ||
    (!manifest.all_tables && "--tables");
  if (differs)
    throw new StartError(
      `The run ${manifest.run} was made with ${differs}. Make an incremental run in the same way, or leave --incremental out.`,
    );
  return before;
}

/** @throws StartError where there is a run that cannot be read */
function newestRun(outputDir: string): Run | undefined {
  try {
    return runsIn(outputDir).at(-1);
  } catch (error) {
    throw error instanceof AnalyticsFault ? new StartError(error.message) : error;
  }
}

function resumed({ resume = "", outputDir }: ExportAnalyticsArguments, where: Where): BegunExport {
  const name = basename(resume).replace(/^\.(.+)\.unfinished$/, "$1");
  const path = unfinishedPath(outputDir, name);
  const folder = new RunFolder(path, FILES);
  if (!folder.exists) throw new StartError(whyNotResumed(outputDir, name));
  const checkpoint = checkpointIn(folder, name);
  // One that was interrupted while its files were made has read all learners.
  checkResumable(path, { ...checkpoint, finished: false }, where);
  if (checkpoint.keyId !== where.keyId)
    throw new StartError(`The run ${name} began under another key. Set ANALYTICS_KEY to that key, or export anew.`);
  const { previous } = checkpoint.options;
  return {
    folder,
    checkpoint,
    previous: previous === undefined ? undefined : join(outputDir, previous),
    finalPath: join(outputDir, name),
  };
}

/** @throws StartError for what is no checkpoint of this run */
function checkpointIn(folder: RunFolder, name: string): ExportCheckpoint {
  try {
    const checkpoint = folder.loadCheckpoint() as ExportCheckpoint;
    if (checkpoint.kind === "analytics" && checkpoint.run === name) return checkpoint;
  } catch {
    // Altered or cut off: it tells nothing.
  }
  throw new StartError(
    `The run ${name} cannot be gone on with: its checkpoint.json was altered, or cut off. Delete ${folder.path}, and export anew.`,
  );
}

function whyNotResumed(outputDir: string, name: string): string {
  const path = unfinishedPath(outputDir, name);
  if (existsSync(path))
    return `The run ${name} cannot be gone on with, since it has no checkpoint.json. Delete ${path}, and export anew.`;
  return existsSync(join(outputDir, name))
    ? `The run ${name} is finished; there is nothing to resume.`
    : `There is no run ${name} in ${outputDir} that was interrupted.`;
}
