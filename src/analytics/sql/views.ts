import { INCREMENTAL } from "../export/run-names.ts";
import type { Table } from "../tables/define-table.ts";
import { TABLES } from "../tables/index.ts";
import { athenaType, columnsAs } from "../tables/types.ts";
import { quoted } from "./duckdb.ts";
import { views } from "./view-files.ts";

const CREATE_VIEW = "CREATE OR REPLACE VIEW";

const questionViews = (): string[] =>
  views().map(({ name, question, query }) => `-- ${question}\n${CREATE_VIEW} "${name}" AS\n${query};\n`);
const questions = (): string => questionViews().join("\n");

/** The views over tables of their names. */
export const viewsForDatabase = (tables: readonly Table[]): string => (hasAll(tables) ? questions() : "");

/** Views rest on tables that a run may have been told to leave out. */
const hasAll = (tables: readonly Table[]): boolean =>
  TABLES.every(({ name, isIdentified }) => isIdentified || tables.some((table) => table.name === name));

/**
 * The rows that are true now of all that runs have written: of each learner those of the newest run that wrote any, since
 * the newest whole run, unless the learner must be forgotten; of the catalog those of the newest run.
 * @param from gives the source of a table's rows of all runs, with a column `run`
 */
function currentViews(tables: readonly Table[], from: (table: Table) => string): string[] {
  const columns = (table: Table, of: string) =>
    Object.keys(table.columns)
      .map((name) => `${of}"${name}"`)
      .join(", ");
  const named = (name: string) => tables.find((table) => table.name === name) as Table;
  const runs = `${CREATE_VIEW} "export_runs" AS\nSELECT max(run) AS newest, max(CASE WHEN run NOT LIKE '%${INCREMENTAL}' THEN run END) AS whole\nFROM (SELECT DISTINCT run FROM ${from(named("dim_catalog"))}) r;\n`;
  const newest = `${CREATE_VIEW} "export_learners" AS
SELECT d.learner, max(d.run) AS run
FROM ${from(named("dim_learner"))} d CROSS JOIN "export_runs" r
WHERE d.run >= r.whole
  AND d.learner NOT IN (SELECT x.learner FROM ${from(named("deleted_learners"))} x CROSS JOIN "export_runs" y WHERE x.run = y.newest)
GROUP BY d.learner;
`;
  const rest = tables.map((table) =>
    table.kind === "learner"
      ? `${CREATE_VIEW} "${table.name}" AS\nSELECT ${columns(table, "f.")}\nFROM ${from(table)} f JOIN "export_learners" n ON n.learner = f.learner AND n.run = f.run;\n`
      : `${CREATE_VIEW} "${table.name}" AS\nSELECT ${columns(table, "f.")}\nFROM ${from(table)} f JOIN "export_runs" r ON f.run = r.newest;\n`,
  );
  return [runs, newest, ...rest];
}

const HEAD_FOR_FOLDER = `-- Views over all runs beside this one. Run it where the runs are:
--   cd exports && duckdb -init <run>/views.duckdb.sql
`;

/** views.duckdb.sql: tables and views over all runs in the folder in which it is run. */
export function viewsForFolder(tables: readonly Table[]): string {
  if (!hasAll(tables)) return "-- This run has some of the tables alone, and so no views.\n";
  const from = ({ name }: Table) =>
    `(SELECT * EXCLUDE (filename), regexp_extract(filename, '([^/\\\\]+)[/\\\\][^/\\\\]+[/\\\\][^/\\\\]+$', 1) AS run FROM read_parquet('2*/${name}/*.parquet', filename = true))`;
  return [HEAD_FOR_FOLDER, ...currentViews(tables, from), questions()].join("\n");
}

/** Views over the files of runs, for a connection of our own. @param files of each run its name and a table's files */
export function viewsForRuns(
  tables: readonly Table[],
  files: (table: Table) => { run: string; paths: string[] }[],
): string {
  const list = (paths: readonly string[]) => `[${paths.map(quoted).join(", ")}]`;
  const hasOne = tables.every((table) => files(table).length === 1);
  const own = hasOne
    ? tables.map(
        (table) =>
          `${CREATE_VIEW} "${table.name}" AS SELECT * FROM read_parquet(${list(files(table)[0]?.paths ?? [])});`,
      )
    : currentViews(
        tables,
        (table) =>
          `(${files(table)
            .map(({ run, paths }) => `SELECT *, '${run}' AS run FROM read_parquet(${list(paths)})`)
            .join(" UNION ALL ")})`,
      );
  return [...own, hasAll(tables) ? questions() : ""].join("\n");
}

const headForAthena = (run: string) => `-- Tables and views for Athena, of the run ${run}.
-- Put the folder of all runs into a bucket, write its place for s3://BUCKET/PREFIX, and run the statements one by one.
-- After each run, run the lines again that add its partitions.
`;

const viewsOverRaw = (tables: readonly Table[]): string[] => [
  ...currentViews(tables, ({ name }) => `raw_${name}`),
  ...questionViews(),
];

/** The statements that make Athena's views, in their order: each as it is sent, without comment and semicolon. */
export const athenaViews = (tables: readonly Table[]): string[] =>
  viewsOverRaw(tables).map((text) =>
    text
      .replace(/^--.*\n/gm, "")
      .trim()
      .replace(/;$/, ""),
  );

/** views.athena.sql: the tables over the runs in a bucket, a partition for each run, and the views. */
export function viewsForAthena(tables: readonly Table[], run: string): string {
  if (!hasAll(tables)) return "-- This run has some of the tables alone, and so no views.\n";
  const place = "s3://BUCKET/PREFIX";
  const external = tables.map(
    (table) =>
      `CREATE EXTERNAL TABLE IF NOT EXISTS raw_${table.name} (${columnsAs(table, athenaType).replaceAll('"', "`")})\n` +
      `PARTITIONED BY (run string) STORED AS PARQUET LOCATION '${place}/none/${table.name}/';\n`,
  );
  const partitions = tables.map(
    ({ name }) =>
      `ALTER TABLE raw_${name} ADD IF NOT EXISTS PARTITION (run = '${run}') LOCATION '${place}/${run}/${name}/';\n`,
  );
  return [headForAthena(run), ...external, ...partitions, ...viewsOverRaw(tables)].join("\n");
}
