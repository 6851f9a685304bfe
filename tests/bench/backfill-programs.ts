import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Summary } from "../../src/service/jobs/summary.ts";
import { npmScript } from "./npm-script.ts";
import { buildProject, bundleProgram } from "./program.ts";

/** A table with so many learners. */
export type Target = { endpoint: string; prefix: string; learners: number };
export type Run = { ms: number; megabytes: number; flags: number; summary: Summary };

/** What is measured, each in a process of its own, as JavaScript. */
export type Programs = {
  /** The real command, as it is built. */
  backfill(target: Target, ...options: string[]): Promise<Run>;
  /** Milliseconds of what no backfill can do without. */
  floor(work: "scan" | "write", target: Target): Promise<number>;
};

const execute = promisify(execFile);

/** The options of Node's that `npm run backfill` gives it. */
const NODE_OPTIONS = npmScript("backfill").filter((word) => word.startsWith("--"));

export async function buildPrograms(folder: string, contentDir: string): Promise<Programs> {
  const command = join(buildProject(folder), "scripts/backfill-completion-flags.js");
  const printMemory = await bundleProgram('import "./print-memory.ts";', join(folder, "print-memory.mjs"));
  const floors = await bundleProgram('import "./backfill-floor.ts";', join(folder, "floor.mjs"));
  return {
    async backfill({ endpoint, prefix, learners }, ...options) {
      const output = mkdtempSync(join(folder, "run-"));
      const args = [...NODE_OPTIONS, "--import", printMemory, command, `--output-dir=${output}`, ...options];
      const env = { ...process.env, STORE: endpoint, TABLE_PREFIX: prefix, CONTENT_DIR: contentDir };
      const { stdout } = await execute(process.execPath, args, { env });
      const file = join(output, readdirSync(output)[0] as string, "backfill-summary.json");
      const summary: Summary = JSON.parse(readFileSync(file, "utf8"));
      if (summary.processed !== learners) throw new Error(`${summary.processed} of ${learners} learners were settled`);
      return {
        // From the first line to the last file, without the start of Node, which the floors leave out too.
        ms: Date.parse(summary.end_time) - Date.parse(summary.start_time),
        megabytes: Number(/peak (\d+) KB/.exec(stdout)?.[1]) / 1024,
        flags: summary.courses_updated + summary.pathways_updated,
        summary,
      };
    },
    async floor(work, { endpoint, prefix, learners }) {
      const { stdout } = await execute(process.execPath, [floors, work, endpoint, prefix, String(learners)]);
      return Number(stdout);
    },
  };
}
