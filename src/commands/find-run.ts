import { existsSync } from "node:fs";
import { join } from "node:path";
import { StartError } from "./start-error.ts";

/** The folder of a run that is named by its name or by its folder. @throws StartError where there is none */
export function findRun(run: string, outputDir: string): string {
  const path = [run, join(outputDir, run)].find((candidate) => existsSync(join(candidate, "checkpoint.json")));
  if (path === undefined)
    throw new StartError(`There is no run ${run}: no checkpoint in ${run} or ${join(outputDir, run)}.`);
  return path;
}
