import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { gzipSync } from "node:zlib";
import type { ClientFiles } from "../../src/api/client-file.ts";
import { buildClient } from "../../src/local/build-client.ts";
import { clientTypes } from "./client-types.ts";

/** So large may each be, compressed. */
const MAX_BYTES = { "/waymark.js": 3 * 1024, "/waymark-elements.js": 2.5 * 1024 };
/** And pages, each with all that it takes besides these two. */
const MAX_PAGE_BYTES = [
  { name: "The sample LMS", paths: ["/", "/lms.css", "/lms.js"], allowed: 15 * 1024 },
  { name: "The operator's page", paths: ["/operator", "/operator.css", "/operator.js"], allowed: 25 * 1024 },
];
/** The page of the OpenAPI document, as it is. */
const MAX_REFERENCE_BYTES = 300 * 1024;

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
  const reference = Buffer.byteLength(files["/api"] ?? "");
  if (reference > MAX_REFERENCE_BYTES)
    throw new Error(`/api has ${reference} bytes; at most ${MAX_REFERENCE_BYTES} are allowed`);
  for (const { name, paths, allowed } of MAX_PAGE_BYTES) {
    const size = paths.reduce((sum, path) => sum + sizeOf(files[path] ?? ""), 0);
    if (size > allowed) throw new Error(`${name} has ${size} bytes with gzip; at most ${allowed} are allowed`);
  }
  const functions = {
    "waymark.d.ts": clientTypes(),
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
