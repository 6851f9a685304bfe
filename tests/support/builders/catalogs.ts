import type { Catalog } from "../../../src/catalog/catalog.ts";
import { parseContent } from "../../../src/catalog/load.ts";
import type { ContentFault, ContentFile } from "../../../src/catalog/read-content.ts";
import { RULES } from "../../../src/completion/rules/index.ts";

/** What content files hold, by path: `{ "courses/ruby.json": { slug: "ruby", modules: ["strings"] } }`. */
export type Content = Record<string, unknown>;

/** A text stands as it is; anything else becomes JSON. */
export const contentFiles = (content: Content): ContentFile[] =>
  Object.entries(content).map(([file, value]) => ({
    file,
    text: typeof value === "string" ? value : JSON.stringify(value),
  }));

export function catalogOf(content: Content): Catalog {
  const loaded = parseContent(contentFiles(content), RULES);
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.faults));
  return loaded.catalog;
}

/** Every fault as `file: path`, in order. */
export const placesOf = (faults: readonly ContentFault[]): string[] =>
  faults.map(({ file, path }) => `${file}: ${path}`);

export function faultsOf(content: Content): ContentFault[] {
  const loaded = parseContent(contentFiles(content), RULES);
  return loaded.ok ? [] : loaded.faults;
}
