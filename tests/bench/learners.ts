import { parseContent } from "../../src/catalog/load.ts";
import { RULES } from "../../src/completion/rules/index.ts";
import { contentFiles, type Shape } from "./content.ts";

/** The catalog and the learners of the backfill's benchmark: each completes about four courses, and some a pathway. */
export const LEARNING: Shape = { courses: 40, modulesPerCourse: 5, coursesPerPathway: 4 };
export const LEARNERS = { modulesEach: 20, seed: 1 };

const loaded = parseContent(contentFiles(LEARNING), RULES);
if (!loaded.ok) throw new Error("The generated content is faulty");
export const learningCatalog = loaded.catalog;

export type Flags = "right" | "missing";
/** The prefix of a table of the stand-in store with so many learners. */
export const standInPrefix = (flags: Flags, learners: number) => `${flags}-${learners}`;
