import { statSync } from "node:fs";
import type { Catalog } from "../catalog/catalog.ts";
import { fixedCatalog } from "../service/catalog/catalog-source.ts";
import { createIngestByLearner } from "../service/ingest/ingest.ts";
import { ImportFault } from "../service/jobs/import/fault.ts";
import { type ImportSummary, importSummaryText } from "../service/jobs/import/import-summary.ts";
import { judgeEvent, type Taken, takenOf } from "../service/jobs/import/judge.ts";
import { mappingSchema } from "../service/jobs/import/mapping.ts";
import type { RefusedRow } from "../service/jobs/import/refusal.ts";
import { rowReader } from "../service/jobs/import/row-reader.ts";
import { type ImportRun, runImport } from "../service/jobs/import/run-import.ts";
import { readEntries } from "../service/jobs/read-entries.ts";
import { type BegunImport, beginImport, type ImportArguments } from "./begin-import.ts";
import { catalogForCommand, leaseForCommand, openForCommand } from "./command.ts";
import { progressDisplay } from "./progress-display.ts";
import { StartError } from "./start-error.ts";
import { runStoppable } from "./stoppable.ts";

const SHOWN = 5;
const QUIET = { debug() {}, info() {}, warn() {}, error() {} };

/** Imports the rows of a file for an operator. @returns the exit code: 1 where a row was refused */
export async function runImportCommand(given: ImportArguments): Promise<number> {
  if (given.schema) {
    console.log(JSON.stringify(mappingSchema(), null, 2));
    return 0;
  }
  return run(given).catch((error: unknown) => {
    throw error instanceof ImportFault ? new StartError(error.message) : error;
  });
}

async function run(given: ImportArguments): Promise<number> {
  const print = (line: string) => console.log(line);
  const begun = await beginImport(given);
  if (begun.checkpoint.dryRun) {
    const { catalog } = await catalogForCommand(print);
    const take = async (events: readonly object[]) =>
      events.map((event) => judgeEvent(catalog, event, begun.receivedAt));
    return work(begun, { catalog, take, meter: { rcu: 0, wcu: 0 }, target: "" }, print, new AbortController());
  }

  const context = await openForCommand(print, { mustExist: false });
  const { catalog, opened } = context;
  const stop = new AbortController();
  try {
    const { store, meter } = opened.connect("batch", given);
    const ingest = createIngestByLearner({ store, catalog: fixedCatalog(catalog), log: QUIET });
    const take = async (events: readonly object[]): Promise<Taken[]> => (await ingest(events)).map(takenOf);
    const lease = { run: `import-${begun.checkpoint.run}`, segments: 1, from: 0, to: 0 };
    const release = await leaseForCommand(context, lease, given.force, stop);
    // A lease that cannot be given back is seen to be dead.
    return await work(begun, { catalog, take, meter, target: opened.target }, print, stop).finally(() =>
      release().catch(() => {}),
    );
  } finally {
    await opened.close();
  }
}

type Where = Pick<ImportRun, "take" | "meter"> & { catalog: Catalog; target: string };

async function work(
  { folder, checkpoint, mapping, opened, receivedAt, isResumed }: BegunImport,
  { catalog, target, ...how }: Where,
  print: (line: string) => void,
  stop: AbortController,
): Promise<number> {
  if (isResumed) checkOrigin(checkpoint, catalog.version, target);
  Object.assign(checkpoint, { catalogVersion: catalog.version, target });
  const dry = checkpoint.dryRun ? ", dry: nothing is written to the store" : "";
  print(`file     ${checkpoint.file}, ${checkpoint.format}, mapped by ${checkpoint.mapping}`);
  print(`run      ${checkpoint.run}${dry}${isResumed ? ", resumed" : ""}`);

  const display = progressDisplay(statSync(checkpoint.file).size, process.stderr, "rows");
  return runStoppable<ImportSummary>({
    stop,
    display,
    inHand: "rows",
    work: async () => {
      const read = rowReader(mapping, opened.layout, receivedAt);
      return runImport(
        { rows: opened.rows, read, catalog: catalog.at(receivedAt), folder, checkpoint, signal: stop.signal, ...how },
        ({ bytes, rows, seconds }) => display.update(bytes, rows, seconds),
      );
    },
    conclude: (summary) => conclude(summary, folder.path, print),
    done: () => `${checkpoint.tally.rows} rows`,
    goOn: `npm run import -- --resume=${folder.path}`,
  });
}

function checkOrigin(
  { catalogVersion, target: origin }: BegunImport["checkpoint"],
  version: string,
  target: string,
): void {
  if (catalogVersion !== version)
    throw new StartError(
      `The run began under catalog ${catalogVersion}, and the catalog is ${version} now. Start a new run: what is in already is not added twice.`,
    );
  if (origin !== target) throw new StartError(`The run began on ${origin}, and this is ${target}.`);
}

async function conclude(summary: ImportSummary, path: string, print: (line: string) => void): Promise<number> {
  const { rows, events, refused, dry_run } = summary;
  const notes = [`The files are in ${path}`];
  if (dry_run && events > 0) notes.push("Nothing was written to the store. Run again without --dry-run to write it.");
  print(`\n${importSummaryText(summary, notes)}`);
  if (rows === 0) throw new StartError(`${summary.file} has no rows: there is nothing to import.`);
  if (refused === 0 && events > 0) return 0;
  if (refused === 0)
    throw new StartError(
      `There is nothing to import: each row of ${summary.file} is skipped. Compare the mapping's when, completed_at and skips with the file.`,
    );
  print("\nRefused:");
  await printRefused(`${path}/import-refused.json`, print);
  return 1;
}

/** The first of the refused rows. */
async function printRefused(file: string, print: (line: string) => void): Promise<void> {
  let shown = 0;
  for await (const { row, code, reason, next_step } of readEntries<RefusedRow>(file)) {
    if (++shown > SHOWN) return print(`  … the others are in ${file}`);
    print(`  row ${row}: ${code}: ${reason}\n    ${next_step}`);
  }
}
