import { readdirSync } from "node:fs";
import { join } from "node:path";
import { programOf } from "./program.ts";
import { type Exit, run, temporaryFolder } from "./service.ts";

export type Ended = Exit & { output: string };

export const SCRIPTS = {
  backfill: "scripts/backfill-completion-flags.ts",
  rollback: "scripts/rollback-completion-flags.ts",
  export: "scripts/export-learner.ts",
  "migrate-indexes": "scripts/migrate-indexes.ts",
  analytics: "scripts/export-analytics.ts",
  regrade: "scripts/regrade.ts",
  publish: "scripts/publish-catalog.ts",
  import: "scripts/import-completions.ts",
};

/** Starts an operator's command. */
export const startCommand = (name: keyof typeof SCRIPTS, args: string[], variables: Record<string, string>) =>
  run([programOf(SCRIPTS[name]), ...args], variables);

/** Runs an operator's command to its end. */
export async function command(
  name: keyof typeof SCRIPTS,
  args: string[],
  variables: Record<string, string>,
): Promise<Ended> {
  const { exited, output } = startCommand(name, args, variables);
  return { ...(await exited), output: output() };
}

/** A folder for runs, and what is in it. */
export function outputFolder() {
  const folder = temporaryFolder();
  const runs = () => readdirSync(folder).sort();
  return {
    option: `--output-dir=${folder}`,
    folder,
    runs,
    /** The folder of the newest run. */
    run: () => join(folder, runs().at(-1) as string),
  };
}
