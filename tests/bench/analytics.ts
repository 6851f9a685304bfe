import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { readManifest } from "../../src/analytics/export/manifest.ts";
import { runsIn } from "../../src/analytics/export/runs.ts";
import { openDuckDb } from "../../src/analytics/sql/duckdb.ts";
import { views } from "../../src/analytics/sql/view-files.ts";
import { openFile } from "../../src/store/sqlite/open-file.ts";
import { Table } from "../../src/store/sqlite/table.ts";
import { learnerItems } from "../support/builders/fill-table.ts";
import { manyCompletions } from "./analytics-tables.ts";
import { withContent } from "./content.ts";
import { LEARNERS, LEARNING, learningCatalog } from "./learners.ts";
import { median } from "./measure.ts";
import { atLeast, atMost, type Benchmark, type Row, under } from "./report.ts";
import { withTemporaryFolder } from "./temporary-folder.ts";

const HERE = (name: string) => fileURLToPath(new URL(name, import.meta.url));
const EXPORT = HERE("../../scripts/export-analytics.ts");
const SQL = HERE("../../scripts/sql.ts");
const BACKFILL = HERE("../../scripts/backfill-completion-flags.ts");
const COMPLETIONS = 1_000_000;
const FRESH = 5_000;

/** The export of an embedded store, against a scan of all that is in it, in turns. */
export const analytics: Benchmark = ({ quick }) =>
  withContent(LEARNING, (CONTENT_DIR) =>
    withTemporaryFolder(async (folder) => {
      const variables = { CONTENT_DIR, ANALYTICS_KEY: "a key for the benchmark", STORE: "embedded" };
      const [few, many] = quick ? [2_000, 10_000] : [10_000, 100_000];
      const rounds = quick ? 1 : 3;
      const rows: Row[] = [];
      const peaks: number[] = [];
      for (const learners of [few, many]) {
        const DATA_DIR = join(folder, `data-${learners}`);
        await fill(DATA_DIR, learners);
        const times = { scan: [] as number[], export: [] as number[] };
        let out = "";
        for (let round = 0; round < rounds; round++) {
          times.scan.push(run(HERE("print-raw-scan.ts"), [DATA_DIR], variables).ms);
          out = join(folder, `out-${learners}-${round}`);
          const exported = run(EXPORT, [`--output-dir=${out}`], { ...variables, DATA_DIR });
          times.export.push(exported.ms);
          peaks.push(exported.peak);
        }
        const rate = (ms: readonly number[]) => (1_000 * learners) / median(ms);
        const ratio = median(times.scan.map((ms, round) => ms / (times.export[round] ?? 1)));
        rows.push(
          row(`whole export, ${learners} learners`, "learners/s", {
            value: rate(times.export),
            floor: rate(times.scan),
            ratio,
            aim: atLeast(ratio, 0.6),
          }),
        );
        if (learners === many)
          rows.push(againstBackfill({ ...variables, DATA_DIR }, folder, rate(times.export), learners));
        if (learners === few)
          rows.push(
            bytesOf(
              out,
              run(EXPORT, [`--output-dir=${out}-n`, "--format=ndjson"], { ...variables, DATA_DIR }) && `${out}-n`,
            ),
          );
      }
      const [small = 1, large = 1] = [median(peaks.slice(0, rounds)), median(peaks.slice(rounds))];
      rows.push(
        row(`memory, ${many} learners to ${few}`, "MB", {
          value: large / 1_024,
          floor: small / 1_024,
          ratio: large / small,
          aim: atMost(large / small, 1.2),
        }),
      );
      rows.push(await firstRow(folder, variables), ...(await slowestViews()));
      return rows;
    }),
  );

const row = (name: string, unit: string, figures: Omit<Row, "benchmark" | "case" | "unit">): Row => ({
  benchmark: "analytics",
  case: name,
  unit,
  ...figures,
});

/** Learners with facts, flags and a history, as events would have left them. */
async function fill(dataDir: string, learners: number): Promise<void> {
  const file = await openFile(dataDir, { mustExist: false });
  const [progress, records] = [new Table(file, "progress"), new Table(file, "records")];
  file.exec("BEGIN IMMEDIATE");
  for (const { facts, flags } of learnerItems(learningCatalog, { ...LEARNERS, learners }))
    for (const { learner_id, entity, ...item } of [...facts, ...flags]) {
      progress.put(String(learner_id), String(entity), item);
      if (!String(entity).startsWith("MODULE#")) continue;
      const at = String(item.completed_at);
      const slug = String(entity).slice("MODULE#".length);
      const attempt = {
        event_id: `${slug}-1`,
        occurred_at: at,
        received_at: at,
        module_slug: slug,
        kind: "completion",
        catalog_version: "0",
      };
      records.put(String(learner_id), `ATTEMPT#${at}#${slug}`, attempt);
    }
  file.exec("COMMIT");
  file.close();
}

/** Runs a program in a process of its own. @returns how long it took, and how many KB it had at most */
function run(program: string, args: readonly string[], variables: Record<string, string>) {
  const began = performance.now();
  const flags = ["--max-semi-space-size=16", "--import", HERE("print-memory.ts")];
  const { status, stdout, stderr } = spawnSync(process.execPath, [...flags, program, ...args], {
    encoding: "utf8",
    env: { ...process.env, ...variables },
  });
  if (status !== 0) throw new Error(`${program} ended with ${status}: ${stderr}`);
  // Each of its threads tells what all of it had until then.
  const peaks = [...stdout.matchAll(/peak (\d+) KB/g)].map(([, kilobytes]) => Number(kilobytes));
  return { ms: performance.now() - began, peak: Math.max(...peaks) };
}

const bytesIn = (outputDir: string): number =>
  runsIn(outputDir).reduce(
    (sum, { path }) => sum + Object.values(readManifest(path).tables).reduce((all, { bytes }) => all + bytes, 0),
    0,
  );

function bytesOf(parquet: string, ndjson: string): Row {
  const [value, floor] = [bytesIn(parquet) / 1e6, bytesIn(ndjson) / 1e6];
  return row("Parquet, against NDJSON", "MB", { value, floor, ratio: value / floor, aim: atMost(value / floor, 0.2) });
}

/** A dry backfill reads progress alone, and judges it as an export does: it tells what of an export that takes. */
function againstBackfill(variables: Record<string, string>, folder: string, value: number, learners: number): Row {
  const { ms } = run(BACKFILL, ["--dry-run", `--output-dir=${join(folder, "backfill")}`], variables);
  const floor = (1_000 * learners) / ms;
  return row(`whole export, against a dry backfill, ${learners}`, "learners/s", { value, floor, ratio: value / floor });
}

/** From a store to the first row of an answer, with nothing exported before. */
async function firstRow(folder: string, variables: Record<string, string>): Promise<Row> {
  const DATA_DIR = join(folder, "fresh");
  await fill(DATA_DIR, FRESH);
  const seconds = run(SQL, ["select count(*) from fact_completion"], { ...variables, DATA_DIR }).ms / 1_000;
  return row(`first row of SQL, ${FRESH} learners`, "s", { value: seconds, aim: under(seconds, 20, "s") });
}

/** Every view over a million completions, from Parquet files. */
async function slowestViews(): Promise<Row[]> {
  return withTemporaryFolder(async (folder) => {
    const { connection, close } = await openDuckDb();
    await manyCompletions(connection, folder, COMPLETIONS);
    const rows: Row[] = [];
    for (const { name } of views().filter((view) => view.name !== "activity")) {
      const began = performance.now();
      await connection.run(`CREATE OR REPLACE TEMP TABLE answer AS SELECT * FROM ${name}`);
      const seconds = (performance.now() - began) / 1_000;
      rows.push(row(`view ${name}`, "s", { value: seconds, aim: under(seconds, 2, "s") }));
    }
    close();
    return rows;
  });
}
