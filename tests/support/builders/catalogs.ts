import type { Catalog } from "../../../src/catalog/catalog.ts";
import { type LoadedCatalog, parseContent } from "../../../src/catalog/load.ts";
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

const parsed = new Map<string, LoadedCatalog>();
const PARSED_KEPT = 64;

/** Parses content. A property asks for the same before each of its events, so the last are kept. */
function parsedOf(content: Content): LoadedCatalog {
  const key = JSON.stringify(content);
  const kept = parsed.get(key);
  if (kept) return kept;
  const loaded = parseContent(contentFiles(content), RULES);
  if (parsed.size >= PARSED_KEPT) parsed.clear();
  parsed.set(key, loaded);
  return loaded;
}

/** The catalog of content. */
export function catalogOf(content: Content): Catalog {
  const loaded = parsedOf(content);
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.faults));
  return loaded.catalog;
}

/** Every fault as `file: path`, in order. */
export const placesOf = (faults: readonly ContentFault[]): string[] =>
  faults.map(({ file, path }) => `${file}: ${path}`);

export function faultsOf(content: Content): ContentFault[] {
  const loaded = parsedOf(content);
  return loaded.ok ? [] : loaded.faults;
}
