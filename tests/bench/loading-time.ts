import { unpackCatalog } from "../../src/catalog/pack.ts";
import { readContent } from "../../src/catalog/read-content.ts";
import { loadContent } from "../../src/service/catalog/load-content.ts";
import { elapsed } from "./measure.ts";

/** A folder as on a development machine, or the text of the checked catalog that a Lambda's bundle carries. */
export type Input = "folder" | "packed";
/** All of it, or only what no loader can do without: reading and JSON.parse. */
export type Work = "load" | "floor";

const WORKS: Record<Input, Record<Work, (source: string) => unknown>> = {
  folder: { load: loadContent, floor: (folder) => readContent(folder).files.map((file) => JSON.parse(file.text)) },
  packed: { load: unpackCatalog, floor: JSON.parse },
};

/** Milliseconds to load a catalog once. `source` is a folder, or a packed catalog's text. */
export const loadingTime = (input: Input, work: Work, source: string): number =>
  elapsed(() => WORKS[input][work](source));
