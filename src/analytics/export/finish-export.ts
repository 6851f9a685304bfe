import { createHash } from "node:crypto";
import {
  closeSync,
  createReadStream,
  existsSync,
  fsyncSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { publishedCatalog } from "../../service/catalog/published-catalog.ts";
import { addRowsOfCatalog } from "../rows/catalog-rows.ts";
import { RowSet } from "../rows/row-set.ts";
import { viewsForAthena, viewsForDatabase, viewsForFolder } from "../sql/views.ts";
import type { Table } from "../tables/define-table.ts";
import { tablesOf } from "../tables/index.ts";
import { convertToDatabase, convertToParquet } from "./convert.ts";
import type { ExportRun } from "./export-session.ts";
import { MANIFEST_FILE, MANIFEST_VERSION, type Manifest } from "./manifest.ts";
import { DIGESTS, PartFiles, STAGED } from "./part-files.ts";
import type { ExportSummary } from "./run-export.ts";

const CATALOG_PART = "catalog";
const FAILURES = "export-failures.json";
/**
 * What a run needs while it goes, and nobody afterwards. The checkpoint goes first: a run that was cut off between these
 * would otherwise be gone on with, and write tables without rows.
 */
const LEFTOVERS = ["checkpoint.json", "export-summary.json", STAGED, "tmp", "parts"];

/**
 * Makes a run of the parts: the catalog's tables, the files that were asked for, and the manifest. The run gets its name
 * last, so that whoever looks for runs finds it whole or not at all.
 * @param target the folder that it is called from then on
 */
export async function finishExport(run: ExportRun, summary: ExportSummary, target: string): Promise<Manifest> {
  const { folder, checkpoint } = run;
  const { path } = folder;
  const tables = tablesOf(checkpoint.options);
  const rows = { ...summary.rows, ...(await writeCatalog(run, tables)) };
  const { format } = checkpoint.options;
  if (format === "parquet") {
    await convertToParquet(path, tables);
    writeFileSync(join(path, "views.duckdb.sql"), viewsForFolder(tables));
    writeFileSync(join(path, "views.athena.sql"), viewsForAthena(tables, checkpoint.run));
  }
  if (format === "duckdb") await convertToDatabase(path, tables, viewsForDatabase(tables));
  if (existsSync(join(path, FAILURES)) && readFileSync(join(path, FAILURES), "utf8") === "[]\n")
    rmSync(join(path, FAILURES));
  const manifest = await manifestOf(run, summary, tables, rows);
  writeFileSync(join(path, MANIFEST_FILE), `${JSON.stringify(manifest, null, 2)}\n`);
  sync(join(path, MANIFEST_FILE));
  for (const name of LEFTOVERS) rmSync(join(path, name), { recursive: true, force: true });
  renameSync(path, target);
  return manifest;
}

/** Every version that was ever published has its rows in every run, and so has the one by which the run was made. */
async function writeCatalog(run: ExportRun, tables: readonly Table[]): Promise<Record<string, number>> {
  const { store, catalog, folder, checkpoint } = run;
  const versions = await store.catalogVersions();
  const all = versions.some(({ version }) => version === catalog.version)
    ? versions
    : [...versions, { version: catalog.version, publishedAt: null }];
  const own = tables.filter(({ kind }) => kind === "catalog");
  const files = new PartFiles(folder.path, checkpoint.options.format, CATALOG_PART);
  for (const table of own) files.open(table, 0);
  const counts: Record<string, number> = Object.fromEntries(own.map(({ name }) => [name, 0]));
  try {
    for (const { version, publishedAt } of all) {
      const rows = new RowSet(own);
      const isCurrent = version === catalog.version;
      addRowsOfCatalog(rows, await publishedCatalog(store, catalog, version), { publishedAt, isCurrent });
      for (const [table, list] of rows.entries()) {
        files.append(table, list.map((row) => files.line(row)).join(""));
        counts[table] = (counts[table] ?? 0) + list.length;
      }
    }
  } finally {
    files.close();
  }
  return counts;
}

async function manifestOf(
  { checkpoint, folder: { path } }: ExportRun,
  summary: ExportSummary,
  tables: readonly Table[],
  rows: Record<string, number>,
): Promise<Manifest> {
  const { run, options, startTime, catalogVersion, keyId } = checkpoint;
  const entries = await Promise.all(
    tables.map(async (table) => {
      const files = await filesOf(path, table.name);
      const columns = Object.entries(table.columns).map(([name, { type }]) => ({ name, type }));
      const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
      return [table.name, { rows: rows[table.name] ?? 0, bytes, columns, files }] as const;
    }),
  );
  const others = readdirSync(path).filter(
    (name) => statSync(join(path, name)).isFile() && ![...LEFTOVERS, MANIFEST_FILE].includes(name),
  );
  return {
    manifest_version: MANIFEST_VERSION,
    run,
    kind: options.previous === undefined ? "full" : "incremental",
    previous_run: options.previous ?? null,
    format: options.format,
    identified: options.identified,
    with_text: options.withText,
    as_of_start: startTime,
    as_of_end: summary.endTime,
    catalog_version: catalogVersion,
    key_id: keyId,
    segments: options.segments,
    all_tables: options.tables === undefined,
    learners: summary.processed + summary.failed,
    learners_written: summary.written,
    learners_failed: summary.failed,
    tables: Object.fromEntries(entries),
    files: [...(await Promise.all(others.map((name) => fileOf(path, name)))), ...(await filesOf(path, DIGESTS))],
  };
}

/** The files of a folder inside a run; a database has none. */
export async function filesOf(run: string, folder: string): Promise<Manifest["files"]> {
  if (!existsSync(join(run, folder))) return [];
  return Promise.all(
    readdirSync(join(run, folder))
      .sort()
      .map((name) => fileOf(run, `${folder}/${name}`)),
  );
}

export async function fileOf(run: string, name: string): Promise<Manifest["files"][number]> {
  const path = join(run, name);
  sync(path);
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash);
  return { path: name, bytes: statSync(path).size, sha256: hash.digest("hex") };
}

/** What is told to be there is on the disk. */
function sync(path: string): void {
  const file = openSync(path, "r+");
  fsyncSync(file);
  closeSync(file);
}
