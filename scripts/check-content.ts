import { countsOf } from "../src/catalog/catalog.ts";
import { readEnvironment } from "../src/process/environment.ts";
import { loadContent } from "../src/service/catalog/load-content.ts";
import { printFaults } from "./print-faults.ts";

const folder = process.argv[2] ?? readEnvironment().contentDir;
const loaded = loadContent(folder);
if (loaded.ok) {
  const { pathways, courses, modules } = countsOf(loaded.catalog);
  console.log(
    `${folder}: ${pathways} pathways, ${courses} courses, ${modules} modules, version ${loaded.catalog.version}`,
  );
} else {
  printFaults(folder, loaded.faults);
  process.exitCode = 1;
}
