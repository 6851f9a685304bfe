import { renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { tableNamed } from "../tables/index.ts";
import { DATABASE } from "./convert.ts";
import { fileOf, filesOf } from "./finish-export.ts";
import { deletedInDuckDb, forgetInDatabase, forgetInParquet } from "./forget-in-duckdb.ts";
import { deletedInText, forgetInText } from "./forget-in-text.ts";
import { MANIFEST_FILE, type Manifest } from "./manifest.ts";
import { DIGESTS } from "./part-files.ts";
import { type Run, runsIn } from "./runs.ts";

export type Forgotten = {
  learners: number;
  runs: number;
  rows: number;
  /** Runs of another key than the newest, in which nobody can be found. */
  strangers: string[];
};

/**
 * Takes the rows of deleted learners out of every run of a folder. Who they are, the newest run says: so it is made after
 * an export. Each file is written anew beside the old one, and then put in its place.
 */
export async function forget(outputDir: string): Promise<Forgotten> {
  const runs = runsIn(outputDir);
  const newest = runs.at(-1);
  const deleted = newest === undefined ? new Set<string>() : await deletedIn(newest);
  const own = runs.filter(({ manifest }) => manifest.key_id === newest?.manifest.key_id);
  let [changed, rows] = [0, 0];
  for (const run of deleted.size === 0 ? [] : own) {
    const taken = await forgetIn(run, deleted);
    if (taken > 0) changed++;
    rows += taken;
  }
  const strangers = runs.filter((run) => !own.includes(run)).map(({ manifest }) => manifest.run);
  return { learners: deleted.size, runs: changed, rows, strangers };
}

const isOfText = ({ format }: Manifest): boolean => format === "csv" || format === "ndjson";

function deletedIn({ path, manifest }: Run): Promise<Set<string>> {
  const files = (manifest.tables.deleted_learners?.files ?? []).map((file) => join(path, file.path));
  if (isOfText(manifest)) return deletedInText(files);
  return deletedInDuckDb(manifest.format === "duckdb" ? join(path, DATABASE) : undefined, files);
}

/** @returns how many rows went */
async function forgetIn({ path, manifest }: Run, deleted: ReadonlySet<string>): Promise<number> {
  const names = Object.keys(manifest.tables).filter((name) => tableNamed(name)?.kind === "learner");
  const taken =
    manifest.format === "duckdb"
      ? await forgetInDatabase(join(path, DATABASE), names, deleted)
      : await forgetInFiles({ path, manifest }, names, deleted);
  const total = [...taken.values()].reduce((sum, rows) => sum + rows, 0);
  if (total === 0) return 0;
  for (const [name, rows] of taken) await retell({ path, manifest }, name, rows);
  for (const file of manifest.files)
    if (file.path.startsWith(DIGESTS)) await forgetInText(join(path, file.path), deleted);
  manifest.files = await Promise.all(manifest.files.map((file) => fileOf(path, file.path)));
  writeFileSync(join(path, `${MANIFEST_FILE}.new`), `${JSON.stringify(manifest, null, 2)}\n`);
  renameSync(join(path, `${MANIFEST_FILE}.new`), join(path, MANIFEST_FILE));
  return total;
}

async function forgetInFiles({ path, manifest }: Run, names: readonly string[], deleted: ReadonlySet<string>) {
  const forgetInOne = isOfText(manifest) ? forgetInText : forgetInParquet;
  const taken = new Map<string, number>();
  for (const name of names)
    for (const file of manifest.tables[name]?.files ?? [])
      taken.set(name, (taken.get(name) ?? 0) + (await forgetInOne(join(path, file.path), deleted)));
  return taken;
}

/** Puts right what the manifest says of a table. */
async function retell({ path, manifest }: Run, name: string, taken: number): Promise<void> {
  const table = manifest.tables[name];
  if (table === undefined || taken === 0) return;
  table.rows -= taken;
  table.files = await filesOf(path, name);
  table.bytes = table.files.reduce((sum, file) => sum + file.bytes, 0);
}
