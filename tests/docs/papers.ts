import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const ROOT = fileURLToPath(new URL("../..", import.meta.url));

const inRoot = readdirSync(ROOT).filter((name) => name.endsWith(".md"));
const inDocs = readdirSync(join(ROOT, "docs"))
  .filter((name) => name.endsWith(".md"))
  .map((name) => `docs/${name}`);

/** Every paper, by its path from the project's root. */
export const PAPERS: readonly string[] = [...inRoot, ...inDocs].sort();

export const readPaper = (paper: string): string => readFileSync(join(ROOT, paper), "utf8");
