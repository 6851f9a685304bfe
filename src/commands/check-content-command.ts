import { countsOf } from "../catalog/catalog.ts";
import { readEnvironment } from "../process/environment.ts";
import { loadContent } from "../service/catalog/load-content.ts";
import { printFaults } from "./print-faults.ts";

/** Says what a content folder holds, or every fault in it. @returns the exit code */
export function runCheckContentCommand(folder: string = readEnvironment().contentDir): number {
  const loaded = loadContent(folder);
  if (!loaded.ok) {
    printFaults(folder, loaded.faults);
    return 1;
  }
  const { catalog } = loaded;
  const { pathways, courses, modules } = countsOf(catalog);
  console.log(`${folder}: ${pathways} pathways, ${courses} courses, ${modules} modules, version ${catalog.version}`);
  return 0;
}
