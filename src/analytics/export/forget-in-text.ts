import { once } from "node:events";
import { createReadStream, createWriteStream, existsSync, renameSync, rmSync } from "node:fs";
import { createInterface } from "node:readline";

/** The learner that a record is about: in every table the first column, of 32 digits, which no quotes are put around. */
const learnerIn = (record: string): string | undefined =>
  /^(?:\{"learner":")?([0-9a-f]{32})(?=[", ])/.exec(record)?.[1];

/** The reason is the last column of deleted_learners. */
const IS_DELETED = /[",]deleted"?\}?$/;

/** The records of a file: lines, but that in CSV a text between quotes may have several. */
async function* recordsOf(file: string): AsyncGenerator<string> {
  const isCsv = file.endsWith(".csv");
  const lines = createInterface({ input: createReadStream(file), crlfDelay: Number.POSITIVE_INFINITY });
  let record: string | undefined;
  for await (const line of lines) {
    record = record === undefined ? line : `${record}\n${line}`;
    const isWhole = !isCsv || (record.split('"').length - 1) % 2 === 0;
    if (!isWhole) continue;
    yield record;
    record = undefined;
  }
}

/** Whom the parts of deleted_learners tell to be deleted. */
export async function deletedInText(files: readonly string[]): Promise<Set<string>> {
  const deleted = new Set<string>();
  for (const file of files)
    for await (const record of recordsOf(file)) {
      const learner = learnerIn(record);
      if (learner !== undefined && IS_DELETED.test(record)) deleted.add(learner);
    }
  return deleted;
}

/** Writes a file anew without the records of these learners. @returns how many went */
export async function forgetInText(file: string, deleted: ReadonlySet<string>): Promise<number> {
  if (!existsSync(file)) return 0;
  const out = createWriteStream(`${file}.new`);
  const end = file.endsWith(".csv") ? "\r\n" : "\n";
  let taken = 0;
  for await (const record of recordsOf(file)) {
    if (deleted.has(learnerIn(record) ?? "")) taken++;
    else if (!out.write(record + end)) await once(out, "drain");
  }
  out.end();
  await once(out, "finish");
  if (taken > 0) renameSync(`${file}.new`, file);
  else rmSync(`${file}.new`);
  return taken;
}
