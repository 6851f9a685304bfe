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

const catalogs = new Map<string, Catalog>();
const CATALOGS_KEPT = 64;

/** The catalog of content. A property asks for the same one before each of its events, so the last ones are kept. */
export function catalogOf(content: Content): Catalog {
  const key = JSON.stringify(content);
  const kept = catalogs.get(key);
  if (kept) return kept;
  const loaded = parseContent(contentFiles(content), RULES);
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.faults));
  if (catalogs.size >= CATALOGS_KEPT) catalogs.clear();
  catalogs.set(key, loaded.catalog);
  return loaded.catalog;
}

/** Every fault as `file: path`, in order. */
export const placesOf = (faults: readonly ContentFault[]): string[] =>
  faults.map(({ file, path }) => `${file}: ${path}`);

export function faultsOf(content: Content): ContentFault[] {
  const loaded = parseContent(contentFiles(content), RULES);
  return loaded.ok ? [] : loaded.faults;
}
