import { spawnSync } from "node:child_process";
import { readdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const MADE = new Set(["dist", "verification-output", ".git"]);

/** Builds the project in a folder of its own, since `dist` may be in use. @returns the folder `dist` */
export function buildProject(folder: string): string {
  for (const name of readdirSync(ROOT)) if (!MADE.has(name)) symlinkSync(join(ROOT, name), join(folder, name));
  const { status, stderr } = spawnSync(process.execPath, [join(ROOT, "scripts/tools/build.ts")], {
    cwd: folder,
    encoding: "utf8",
    env: { ...process.env, CONTENT_DIR: "content" },
  });
  if (status !== 0) throw new Error(`The build failed: ${stderr}`);
  return join(folder, "dist");
}

/** Bundles a program of this folder's into one JavaScript file, with the options of scripts/tools/build.ts. */
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
