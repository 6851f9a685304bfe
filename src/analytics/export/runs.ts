import { existsSync, readdirSync, statSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { AnalyticsFault } from "../analytics-fault.ts";
import { MANIFEST_FILE, type Manifest, readManifest } from "./manifest.ts";

/** A run that is whole. */
export type Run = { path: string; manifest: Manifest };

/** What a run is called until it is whole: no reader comes upon it. */
export const unfinishedPath = (outputDir: string, run: string): string => join(outputDir, `.${run}.unfinished`);
const UNFINISHED = /^\.(.+)\.unfinished$/;

const foldersIn = (folder: string): string[] =>
  existsSync(folder)
    ? readdirSync(folder)
        .filter((name) => statSync(join(folder, name)).isDirectory())
        .sort()
    : [];

/** Every run of a folder, oldest first. @throws AnalyticsFault for one that this release cannot read */
export const runsIn = (outputDir: string): Run[] =>
  foldersIn(outputDir)
    .filter((name) => !name.startsWith(".") && existsSync(join(outputDir, name, MANIFEST_FILE)))
    .map((name) => ({ path: join(outputDir, name), manifest: readManifest(join(outputDir, name)) }));

/** Runs that broke off, or are still going, oldest first. */
export const unfinishedRunsIn = (outputDir: string): string[] =>
  foldersIn(outputDir).flatMap((name) => UNFINISHED.exec(name)?.[1] ?? []);

/**
 * The runs that together tell what is known: the newest whole one, and those behind it that tell what changed since. Of a
 * folder that is itself a run, that one.
 * @throws AnalyticsFault where there is none
 */
export function currentRuns(from: string): Run[] {
  if (!existsSync(from)) throw new AnalyticsFault(`There is no folder ${from}. ${makeOne(from)}`);
  if (!statSync(from).isDirectory())
    throw new AnalyticsFault(`${from} is a file, and no export. Give the folder of an export's runs.`);
  if (existsSync(join(from, MANIFEST_FILE))) return aloneOrWithOthers(from);
  const runs = runsIn(from);
  const first = runs.findLastIndex(({ manifest }) => manifest.kind === "full");
  if (first >= 0) return runs.slice(first);
  const [broken] = unfinishedRunsIn(from);
  throw new AnalyticsFault(
    broken === undefined
      ? `${from} is no export: no folder in it has a ${MANIFEST_FILE}. ${makeOne(from)}`
      : `${from} has no run that is whole: ${broken} was cut off. Go on with: npm run export-analytics -- --output-dir=${from} --resume=${broken}`,
  );
}

const makeOne = (folder: string): string => `Make an export with: npm run export-analytics -- --output-dir=${folder}`;

function aloneOrWithOthers(path: string): Run[] {
  const manifest = readManifest(path);
  if (manifest.kind === "full") return [{ path, manifest }];
  throw new AnalyticsFault(
    `${basename(path)} has those learners alone who changed since the run before. Give the folder of all runs: ${dirname(resolve(path))}`,
  );
}
