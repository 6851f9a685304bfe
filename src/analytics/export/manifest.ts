import { existsSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import * as z from "zod";
import { AnalyticsFault } from "../analytics-fault.ts";
import { FORMATS } from "./checkpoint.ts";

/** To be raised when an older reader would misread a run. */
export const MANIFEST_VERSION = 1;

const File = z.object({ path: z.string(), bytes: z.int(), sha256: z.string() });

/** manifest.json: what a run is, and what is in its files. */
export const Manifest = z.object({
  manifest_version: z.int(),
  run: z.string(),
  /** Whether it has all learners, or those alone who changed since the run before. */
  kind: z.enum(["full", "incremental"]),
  previous_run: z.string().nullable(),
  format: z.enum(FORMATS),
  identified: z.boolean(),
  with_text: z.boolean(),
  /** The moments between which the store was read; what holds or has expired is told as of the first. */
  as_of_start: z.string(),
  as_of_end: z.string(),
  catalog_version: z.string(),
  /** Tells pseudonyms of one key from those of another. */
  key_id: z.string(),
  segments: z.int(),
  /** Whether all tables are there. */
  all_tables: z.boolean(),
  learners: z.int(),
  learners_written: z.int(),
  learners_failed: z.int(),
  tables: z.record(
    z.string(),
    z.object({
      rows: z.int(),
      bytes: z.int(),
      columns: z.array(z.object({ name: z.string(), type: z.string() })),
      files: z.array(File),
    }),
  ),
  /** Files that belong to no table. */
  files: z.array(File),
});
export type Manifest = z.infer<typeof Manifest>;

export const MANIFEST_FILE = "manifest.json";

/** @throws AnalyticsFault for a folder that is no run, or not one that this release can read */
export function readManifest(folder: string): Manifest {
  const path = join(folder, MANIFEST_FILE);
  if (!existsSync(path)) throw new AnalyticsFault(`${folder} is no run of an export: it has no ${MANIFEST_FILE}.`);
  const manifest = parsed(path);
  const version = (manifest as { manifest_version?: unknown } | null)?.manifest_version;
  if (typeof version === "number" && version > MANIFEST_VERSION)
    throw new AnalyticsFault(
      `The run ${basename(folder)} was written by a newer Waymark: its manifest has version ${version}, and this one ` +
        `reads ${MANIFEST_VERSION}. Take the newer Waymark, or export anew.`,
    );
  const checked = Manifest.safeParse(manifest);
  if (checked.success) return checked.data;
  const [issue] = checked.error.issues;
  throw new AnalyticsFault(`${path} is no manifest of ours: ${issue?.path.join(".")} ${issue?.message}. Export anew.`);
}

function parsed(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch {
    throw new AnalyticsFault(`${path} is no JSON: it was altered, or cut off. Export anew.`);
  }
}
