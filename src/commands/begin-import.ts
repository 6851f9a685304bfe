import { createHash } from "node:crypto";
import { createReadStream, existsSync, statSync } from "node:fs";
import { basename, extname, join, resolve } from "node:path";
import { pipeline } from "node:stream/promises";
import { type Timestamp, toTimestamp } from "../model/time.ts";
import { ImportFault } from "../service/jobs/import/fault.ts";
import type { Mapping } from "../service/jobs/import/mapping.ts";
import { readCsv } from "../service/jobs/import/read-csv.ts";
import { readMapping, reasonOf } from "../service/jobs/import/read-mapping.ts";
import { readNdjson } from "../service/jobs/import/read-ndjson.ts";
import { rowReader } from "../service/jobs/import/row-reader.ts";
import type { Format, OpenRows } from "../service/jobs/import/rows.ts";
import { type ImportCheckpoint, newImportCheckpoint } from "../service/jobs/import/run-import.ts";
import { IMPORT_FILES, RunFolder } from "../service/jobs/run-folder.ts";
import { findRun } from "./find-run.ts";
import { nameOfRun } from "./name-of-run.ts";
import { StartError } from "./start-error.ts";

const DOCUMENTS = [".ndjson", ".jsonl"];

/** An import whose file and mapping have been seen to fit. */
export type BegunImport = {
  folder: RunFolder;
  checkpoint: ImportCheckpoint;
  mapping: Mapping;
  opened: OpenRows;
  receivedAt: Timestamp;
  isResumed: boolean;
};

/** The command line, as the parser gives it; with `resume`, file and mapping are those that the run began with. */
export type ImportArguments = {
  file?: string | undefined;
  mapping?: string;
  format?: Format;
  dryRun: boolean;
  resume?: string;
  outputDir: string;
  maxRcu?: number;
  maxWcu?: number;
  force: boolean;
  schema: boolean;
};

/** A new import, or the one to go on with. @throws ImportFault, StartError, before anything is written */
export async function beginImport(given: ImportArguments): Promise<BegunImport> {
  const isResumed = given.resume !== undefined;
  const { folder, known } = isResumed ? resumed(given) : { folder: undefined, known: undefined };
  const file = known?.file ?? given.file;
  const mappingFile = known?.mapping ?? given.mapping;
  if (file === undefined) throw new StartError("Which file? Usage: npm run import -- FILE --mapping=MAP.json");
  if (mappingFile === undefined)
    throw new StartError("How is the file to be read? Give --mapping=MAP.json; docs/import.md has examples.");

  const { mapping, digest } = readMapping(mappingFile);
  const digests = { file: await digestOf(file), mapping: digest };
  if (known) checkSame(known, digests);
  const format = known?.format ?? given.format ?? formatOf(file);
  const opened = format === "csv" ? await readCsv(file, mapping.csv) : await readNdjson(file);
  const startTime = toTimestamp(Date.now());
  rowReader(mapping, opened.layout, startTime);

  const run = nameOfRun(startTime);
  const begun = { run, file: resolve(file), mapping: resolve(mappingFile), format, digests, dryRun: given.dryRun };
  return {
    folder: folder ?? new RunFolder(join(given.outputDir, run), IMPORT_FILES),
    checkpoint: known ?? newImportCheckpoint({ ...begun, catalogVersion: "", target: "", startTime }),
    mapping,
    opened,
    receivedAt: startTime,
    isResumed,
  };
}

function resumed({ resume = "", outputDir, file }: ImportArguments) {
  const path = findRun(resume, outputDir);
  const folder = new RunFolder(path, IMPORT_FILES);
  const known = folder.loadCheckpoint() as ImportCheckpoint;
  if (known.digests === undefined) throw new StartError(`The run ${basename(path)} is no import.`);
  if (known.finished) throw new StartError(`The run ${basename(path)} is finished; there is nothing to resume.`);
  if (file !== undefined && resolve(file) !== known.file)
    throw new StartError(`The run ${basename(path)} imports ${known.file}. Leave the file out, or start a new run.`);
  return { folder, known };
}

function checkSame({ digests: before, file, mapping }: ImportCheckpoint, now: ImportCheckpoint["digests"]): void {
  for (const [name, path] of [
    ["file", file],
    ["mapping", mapping],
  ] as const)
    if (before[name] !== now[name])
      throw new StartError(
        `${path} has changed since the run began. Start a new run: what is in already is not added twice.`,
      );
}

async function digestOf(file: string): Promise<string> {
  if (!existsSync(file) || !statSync(file).isFile())
    throw new ImportFault(`${file} cannot be read: ${existsSync(file) ? "it is no file" : "there is no such file"}.`);
  const hash = createHash("sha256");
  await pipeline(createReadStream(file), hash).catch((error: unknown) => {
    throw new ImportFault(`${file} cannot be read: ${reasonOf(error)}.`);
  });
  return hash.digest("hex");
}

const formatOf = (file: string): Format => (DOCUMENTS.includes(extname(file).toLowerCase()) ? "ndjson" : "csv");
