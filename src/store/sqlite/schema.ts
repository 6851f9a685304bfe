import type { DatabaseSync } from "node:sqlite";

/** "Wmrk": by this SQLite's header tells our files from those of other programs. */
export const APPLICATION_ID = 0x576d726b;

/**
 * How a file comes from one version of its schema to the next; a file's `user_version` says how many of them it has had.
 * What has been released is never changed, only followed by another.
 *
 * Both tables lie in order of `bucket`, a hash of the learner, so that a parallel scan can begin anywhere, and then of
 * their key, so that all items of a learner lie together. `item` is the item's other attributes as text, and `sum` a
 * checksum of keys and text, since SQLite itself does not see a turned byte in a value. The other columns repeat
 * attributes for the two indexes, each of which leaves out what it is not about.
 */
export const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE progress (
    bucket INTEGER NOT NULL, learner_id TEXT NOT NULL, entity TEXT NOT NULL,
    item TEXT NOT NULL, sum INTEGER NOT NULL, completed_at TEXT,
    PRIMARY KEY (bucket, learner_id, entity)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX completions ON progress (entity, completed_at, learner_id) WHERE completed_at IS NOT NULL;

  CREATE TABLE records (
    bucket INTEGER NOT NULL, learner_id TEXT NOT NULL, record TEXT NOT NULL,
    item TEXT NOT NULL, sum INTEGER NOT NULL, data_of TEXT, occurred_at TEXT,
    PRIMARY KEY (bucket, learner_id, record)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX completion_data ON records (data_of, occurred_at, learner_id, record) WHERE data_of IS NOT NULL;
  `,
];

export const versionOf = (database: DatabaseSync): number =>
  Number(database.prepare("PRAGMA user_version").get()?.user_version);

/** Brings a file up to this program's schema, in one transaction, which waits for others that do the same. */
export function migrate(database: DatabaseSync): void {
  if (versionOf(database) >= MIGRATIONS.length) return;
  database.exec("BEGIN IMMEDIATE");
  try {
    for (const migration of MIGRATIONS.slice(versionOf(database))) database.exec(migration);
    database.exec(`PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${MIGRATIONS.length}; COMMIT`);
  } catch (error) {
    if (database.isTransaction) database.exec("ROLLBACK");
    throw error;
  }
}
