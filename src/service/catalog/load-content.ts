import { type LoadedCatalog, loadCatalog } from "../../catalog/load.ts";
import { RULES } from "../../completion/rules/index.ts";

/** The catalog in a content folder, by our completion rules, or every fault in it. */
export const loadContent = (folder: string): LoadedCatalog => loadCatalog(folder, RULES);
