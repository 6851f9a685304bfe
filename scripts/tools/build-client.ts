import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { gzipSync } from "node:zlib";
import type { ClientFiles } from "../../src/api/client-file.ts";
import { buildClient } from "../../src/local/build-client.ts";

/** So large may each be, compressed. */
const MAX_BYTES = { "/waymark.js": 3 * 1024, "/waymark-elements.js": 2.5 * 1024 };
/** And a page with all that it takes besides these two. */
const MAX_PAGE_BYTES = 15 * 1024;
const PAGE = ["/", "/lms.css", "/lms.js"];

/**
 * Writes the client's files and their types.
 * @returns the files, by the path at which they are served, for the function's bundle
 * @throws Error for one that has grown too large
 */
export async function writeClient(folder: string): Promise<ClientFiles> {
  const files = await buildClient();
  mkdirSync(folder, { recursive: true });
  for (const [path, allowed] of Object.entries(MAX_BYTES)) {
    const text = files[path] ?? "";
    const size = sizeOf(text);
    if (size > allowed) throw new Error(`${path} has ${size} bytes with gzip; at most ${allowed} are allowed`);
    writeFileSync(join(folder, basename(path)), text);
  }
  const page = PAGE.reduce((sum, path) => sum + sizeOf(files[path] ?? ""), 0);
  if (page > MAX_PAGE_BYTES)
    throw new Error(`The sample LMS has ${page} bytes with gzip; at most ${MAX_PAGE_BYTES} are allowed`);
  const types = readFileSync("src/client/types.ts", "utf8");
  const functions = {
    "waymark.d.ts": `${types}\nexport declare function createWaymark(options: Options): Waymark;\n`,
    "waymark-elements.d.ts": [
      'import type { Waymark } from "./waymark.js";',
      readFileSync("src/client/elements/texts.ts", "utf8")
        .match(/^export type (Values|Text) = .*$/gm)
        ?.join("\n"),
      "export declare function use(waymark: Waymark, options?: { texts?: Record<string, Text> }): void;\n",
    ].join("\n"),
  };
  for (const [name, text] of Object.entries(functions)) writeFileSync(join(folder, name), text);
  return files;
}

const sizeOf = (text: string): number => gzipSync(text, { level: 9 }).length;
