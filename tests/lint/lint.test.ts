import { execFile } from "node:child_process";
import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { beforeAll, describe, expect, it } from "vitest";
import { withTemporaryFolder } from "../bench/temporary-folder.ts";

type Report = { diagnostics: { category: string; location: { path: string | { file: string } } }[] };

/** Our rules over the planted files, which a check of the project leaves out. */
async function lintPlanted(folder: string): Promise<string[]> {
  cpSync("tests/lint/planted", folder, { recursive: true });
  const { vcs: _, $schema: __, ...rules } = JSON.parse(readFileSync("biome.json", "utf8"));
  writeFileSync(join(folder, "biome.json"), JSON.stringify({ ...rules, files: { includes: ["**"] } }));
  const biome = join(process.cwd(), "node_modules/@biomejs/biome/bin/biome");
  const args = [biome, "lint", "--reporter=json", "--max-diagnostics=50", "src"];
  const run = promisify(execFile)(process.execPath, args, { cwd: folder });
  const { stdout } = await run.catch((error: { stdout: string }) => error);
  const { diagnostics } = JSON.parse(stdout.slice(stdout.indexOf("{"))) as Report;
  return diagnostics.map(({ category, location: { path } }) => {
    const file = typeof path === "string" ? path : path.file;
    return `${category.split("/").at(-1)} ${file.split("/").at(-1)}`;
  });
}

describe("The rules of biome.json name what is planted against them", () => {
  let found: string[];
  beforeAll(async () => {
    found = await withTemporaryFolder(lintPlanted);
  });

  it.each([
    ["an import against the arrows", "noRestrictedImports forbidden-import.ts"],
    ["a circle", "noImportCycles circle.ts"],
    ["its way back", "noImportCycles circle-back.ts"],
    ["a nested ternary", "noNestedTernary hard-to-read.ts"],
    ["a promise that nobody waits for", "noFloatingPromises hard-to-read.ts"],
    ["a fifth parameter", "useMaxParams hard-to-read.ts"],
    ["a function that is too tangled", "noExcessiveCognitiveComplexity hard-to-read.ts"],
  ])("%s", (_, expected) => expect(found).toContain(expected));
});
