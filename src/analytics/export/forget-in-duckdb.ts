import { renameSync } from "node:fs";
import { openDuckDb, quoted } from "../sql/duckdb.ts";
import { copyToParquet } from "./copy-to-parquet.ts";

const listed = (deleted: ReadonlySet<string>): string => `(${[...deleted].map(quoted).join(", ")})`;

/** Whom a database, or the Parquet parts of deleted_learners, tell to be deleted. */
export async function deletedInDuckDb(database: string | undefined, files: readonly string[]): Promise<Set<string>> {
  const source = database === undefined ? `read_parquet([${files.map(quoted).join(", ")}])` : "deleted_learners";
  const { connection, close } = await openDuckDb(database);
  try {
    const answer = await connection.runAndReadAll(`SELECT learner FROM ${source} WHERE reason = 'deleted'`);
    return new Set(answer.getRowsJson().map(([learner]) => String(learner)));
  } finally {
    close();
  }
}

/** Writes a Parquet file anew without the rows of these learners. @returns how many went */
export async function forgetInParquet(file: string, deleted: ReadonlySet<string>): Promise<number> {
  const { connection, close } = await openDuckDb();
  try {
    const source = `read_parquet(${quoted(file)})`;
    const found = await connection.runAndReadAll(`SELECT count(*) FROM ${source} WHERE learner IN ${listed(deleted)}`);
    const rows = Number(found.getRowsJson()[0]?.[0] ?? 0);
    if (rows === 0) return 0;
    const kept = `SELECT * FROM ${source} WHERE learner NOT IN ${listed(deleted)}`;
    await copyToParquet(connection, kept, `${file}.new`);
    renameSync(`${file}.new`, file);
    return rows;
  } finally {
    close();
  }
}

/** Deletes the rows of these learners. @returns by table how many went */
export async function forgetInDatabase(
  database: string,
  tables: readonly string[],
  deleted: ReadonlySet<string>,
): Promise<Map<string, number>> {
  const { connection, close } = await openDuckDb(database);
  try {
    const taken = new Map<string, number>();
    for (const table of tables) {
      const gone = await connection.runAndReadAll(`DELETE FROM "${table}" WHERE learner IN ${listed(deleted)}`);
      taken.set(table, Number(gone.getRowsJson()[0]?.[0] ?? 0));
    }
    await connection.run("CHECKPOINT");
    return taken;
  } finally {
    close();
  }
}
