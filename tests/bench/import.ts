import { execFile } from "node:child_process";
import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { toTimestamp } from "../../src/model/time.ts";
import { fixedCatalog } from "../../src/service/catalog/catalog-source.ts";
import { loadContent } from "../../src/service/catalog/load-content.ts";
import { createIngestByLearner } from "../../src/service/ingest/ingest.ts";
import { takenOf } from "../../src/service/jobs/import/judge.ts";
import { Mapping } from "../../src/service/jobs/import/mapping.ts";
import { readCsv } from "../../src/service/jobs/import/read-csv.ts";
import { rowReader } from "../../src/service/jobs/import/row-reader.ts";
import { newImportCheckpoint, runImport } from "../../src/service/jobs/import/run-import.ts";
import { RunFolder } from "../../src/service/jobs/run-folder.ts";
import { openSqliteStore } from "../../src/store/sqlite/open.ts";
import { moduleSlug, withContent } from "./content.ts";
import { interleave, median, ratios } from "./measure.ts";
import { atLeast, atMost, type Benchmark, type Row } from "./report.ts";
import { withTemporaryFolder } from "./temporary-folder.ts";

const SHAPE = { courses: 20, modulesPerCourse: 5, coursesPerPathway: 5 };
const SIZES = {
  full: { rows: 20_000, few: 100_000, many: 1_000_000 },
  quick: { rows: 1_000, few: 50_000, many: 100_000 },
};
/** As the service takes them at most. */
const BATCH = 100;
const RATE_AIM = 0.8;
const MEMORY_AIM = 1.2;

const MAPPING = {
  learner: { column: "User" },
  entity: { column: "Lesson" },
  completed_at: { column: "Done", format: "dd.MM.yyyy HH:mm", time_zone: "Europe/Berlin" },
};

/** A course of each learner, a module a row. */
async function writeRows(file: string, rows: number, prefix: string): Promise<void> {
  const out = createWriteStream(file);
  out.write("User,Lesson,Done\n");
  for (let row = 0; row < rows; row++) {
    const learner = Math.floor(row / SHAPE.modulesPerCourse);
    const slug = moduleSlug(learner % SHAPE.courses, row % SHAPE.modulesPerCourse);
    if (!out.write(`${prefix}-${learner},${slug},18.01.2026 10:15\n`)) await once(out, "drain");
  }
  out.end();
  await once(out, "finish");
}

/** Rows of a file into a store, to the same events in batches to the same ingest; and a dry run's memory. */
export const importing: Benchmark = ({ quick }) =>
  withContent(SHAPE, (contentDir) =>
    withTemporaryFolder(async (folder) => {
      const sizes = quick ? SIZES.quick : SIZES.full;
      return [
        await speedRow(folder, contentDir, sizes.rows, quick ? 2 : 4),
        await memoryRow(folder, contentDir, sizes),
      ];
    }),
  );

async function speedRow(folder: string, contentDir: string, rows: number, rounds: number): Promise<Row> {
  const loaded = loadContent(contentDir);
  if (!loaded.ok) throw new Error("The content does not load");
  const { catalog } = loaded;
  const opened = await openSqliteStore(join(folder, "data"), { durability: "process" });
  const { store } = opened.connect("batch");
  const log = { debug() {}, info() {}, warn() {}, error() {} };
  const ingest = createIngestByLearner({ store, catalog: fixedCatalog(catalog), log });
  let files = 0;
  const read = async () => {
    const file = join(folder, `${files}.csv`);
    await writeRows(file, rows, `learner-${files++}`);
    const csv = await readCsv(file);
    return { rows: csv.rows, read: rowReader(Mapping.parse(MAPPING), csv.layout, toTimestamp(Date.now())) };
  };
  const timed = async (work: () => Promise<void>) => {
    const began = performance.now();
    await work();
    return (rows * 1_000) / (performance.now() - began);
  };

  const rates = await interleave(rounds, {
    import: async () => {
      const file = await read();
      const begun = { run: "r", file: "", mapping: "", format: "csv" as const, digests: { file: "", mapping: "" } };
      const checkpoint = newImportCheckpoint({
        ...begun,
        dryRun: false,
        catalogVersion: "",
        target: "",
        startTime: "",
      });
      const run = new RunFolder(join(folder, `run-${files}`), { summary: "s.json", failures: "f.json" });
      const how = { catalog, folder: run, checkpoint, meter: { rcu: 0, wcu: 0 }, signal: new AbortController().signal };
      const take = async (events: readonly object[]) => (await ingest(events)).map(takenOf);
      return timed(async () => void (await runImport({ ...file, ...how, take }, () => {})));
    },
    batches: async () => {
      const file = await read();
      const events: object[] = [];
      for await (const row of file.rows) events.push(...file.read(row).events.map(({ raw }) => raw));
      return timed(async () => {
        for (let first = 0; first < events.length; first += BATCH) await ingest(events.slice(first, first + BATCH));
      });
    },
  });
  await opened.close();
  const { ratio, spread } = ratios(rates.import, rates.batches);
  return {
    benchmark: "import",
    case: `${rows} rows of CSV, to the same events in batches of ${BATCH}`,
    value: median(rates.import),
    floor: median(rates.batches),
    unit: "rows/s",
    ratio,
    spread,
    aim: atLeast(ratio, RATE_AIM),
  };
}

const SCRIPT = fileURLToPath(new URL("../../scripts/import-completions.ts", import.meta.url));
const PRINT_MEMORY = fileURLToPath(new URL("./print-memory.ts", import.meta.url));

/** With so little room it comes to its end only if nothing is kept of the rows. */
const HEAP = "--max-old-space-size=64";

async function memoryRow(
  folder: string,
  contentDir: string,
  { few, many }: { few: number; many: number },
): Promise<Row> {
  const mapping = join(folder, "mapping.json");
  const out = createWriteStream(mapping);
  out.end(JSON.stringify(MAPPING));
  await once(out, "finish");
  const megabytes = async (rows: number) => {
    const file = join(folder, `${rows}.csv`);
    await writeRows(file, rows, "learner");
    const args = [
      HEAP,
      "--import",
      PRINT_MEMORY,
      SCRIPT,
      file,
      `--mapping=${mapping}`,
      "--dry-run",
      `--output-dir=${folder}`,
    ];
    const { stdout } = await promisify(execFile)(process.execPath, args, {
      env: { ...process.env, CONTENT_DIR: contentDir, DATA_DIR: join(folder, "data") },
    });
    return Number(/peak (\d+) KB/.exec(stdout)?.[1]) / 1024;
  };
  const [small, large] = [await megabytes(few), await megabytes(many)];
  return {
    benchmark: "import",
    case: `peak memory of a dry run, ${many} rows against ${few}`,
    value: large,
    floor: small,
    unit: "MB",
    ratio: large / small,
    aim: atMost(large / small, MEMORY_AIM),
  };
}
