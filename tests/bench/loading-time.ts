import { parseContent } from "../../src/catalog/load.ts";
import { readContent } from "../../src/catalog/read-content.ts";
import { RULES } from "../../src/completion/rules/index.ts";
import { loadContent } from "../../src/service/catalog-source.ts";
import { elapsed } from "./measure.ts";

/** A folder as on a development machine, or the text that a Lambda's bundle carries. */
export type Input = "folder" | "text";
/** All of it, or only what no loader can do without: reading and JSON.parse. */
export type Work = "load" | "floor";

const WORKS: Record<Input, Record<Work, (folder: string, text: string) => unknown>> = {
  folder: {
    load: loadContent,
    floor: (folder) => readContent(folder).files.map((file) => JSON.parse(file.text)),
  },
  text: {
    load: (_, text) => parseContent(JSON.parse(text), RULES),
    floor: (_, text) => JSON.parse(text).map((file: { text: string }) => JSON.parse(file.text)),
  },
};

/** Milliseconds to load a catalog once. */
export const loadingTime = (input: Input, work: Work, folder: string, text: string): number =>
  elapsed(() => WORKS[input][work](folder, text));
