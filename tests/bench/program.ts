import { fileURLToPath } from "node:url";
import { build } from "esbuild";

/** Bundles a program of this folder's into one JavaScript file, with the options of scripts/build.ts. */
export async function bundleProgram(contents: string, outfile: string): Promise<string> {
  await build({
    stdin: { contents, resolveDir: fileURLToPath(new URL(".", import.meta.url)) },
    outfile,
    bundle: true,
    minify: true,
    platform: "node",
    format: "esm",
    target: "node20",
    legalComments: "none",
    mainFields: ["module", "main"],
    banner: { js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);' },
  });
  return outfile;
}
