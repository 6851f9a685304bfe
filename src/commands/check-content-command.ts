import { countsOf } from "../catalog/catalog.ts";
import { readEnvironment } from "../process/environment.ts";
import { loadContent } from "../service/catalog/load-content.ts";
import { lineOf, printFaults } from "./print-faults.ts";

/** Says what a content folder holds and what is odd in it, or every fault in it. @returns the exit code: 1 for faults */
export function runCheckContentCommand(folder: string = readEnvironment().contentDir): number {
  const loaded = loadContent(folder);
  if (!loaded.ok) {
    printFaults(folder, loaded.faults);
    return 1;
  }
  const { catalog, warnings = [] } = loaded;
  for (const warning of warnings) console.error(`warning: ${lineOf(warning)}`);
  const { pathways, courses, modules } = countsOf(catalog);
  console.log(`${folder}: ${pathways} pathways, ${courses} courses, ${modules} modules, version ${catalog.version}`);
  return 0;
}
