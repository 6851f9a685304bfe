import { basename, join } from "node:path";
import { toTimestamp } from "../model/time.ts";
import { readEnvironment } from "../process/environment.ts";
import { type Listed, type ListingCheckpoint, listItems, TABLES } from "../service/jobs/list-items.ts";
import { RunFolder } from "../service/jobs/run-folder.ts";
import type { Connection, OpenStore } from "../store/open-store.ts";
import { findRun } from "./find-run.ts";
import { nameOfRun } from "./name-of-run.ts";
import { openStore } from "./open-store.ts";
import { progressDisplay } from "./progress-display.ts";
import { cannotOpen, StartError } from "./start-error.ts";
import { runStoppable } from "./stoppable.ts";

/** The command line, as the parser gives it. */
export type MigrateIndexesArguments = {
  dryRun: boolean;
  segments: number;
  concurrency: number;
  maxRcu?: number;
  maxWcu?: number;
  resume?: string;
  outputDir: string;
};

const FILES = { summary: "migrate-indexes-summary.json", failures: "" };
const count = (value: number) => value.toLocaleString("en-US");

/** Brings the items of an older deployment to the lists of its new indexes. @returns the exit code */
export async function runMigrateIndexesCommand(given: MigrateIndexesArguments): Promise<number> {
  const opened = await openStore(readEnvironment(), { mustExist: true }).catch(cannotOpen);
  try {
    console.log(`store    ${opened.description}`);
    const connection = opened.connect("batch", given);
    if (connection.unlisted === undefined) {
      console.log("The embedded store keeps its indexes itself: there is nothing to do.");
      return 0;
    }
    return await run(given, opened, connection, connection.unlisted);
  } finally {
    await opened.close();
  }
}

async function run(
  given: MigrateIndexesArguments,
  opened: OpenStore,
  { meter, scanner }: Connection,
  unlisted: NonNullable<Connection["unlisted"]>,
): Promise<number> {
  const itemCount = await scanner().approximateItemCount().catch(cannotOpen);
  const { folder, checkpoint } = begin(given, opened.target);
  const { run: name, options, tables } = checkpoint;
  const dry = options.dryRun ? ", dry: nothing is written to the tables" : "";
  console.log(`run      ${name}${dry}${given.resume === undefined ? "" : ", resumed"}`);

  const began = performance.now();
  const seen = () => tables.progress.seen + tables.records.seen;
  const display = progressDisplay(itemCount, process.stderr, "items");
  const stop = new AbortController();
  return runStoppable<ListingCheckpoint>({
    stop,
    display,
    inHand: "pages",
    work: async () => {
      const save = () => folder.saveCheckpoint(checkpoint);
      const onPage = () => display.update(seen(), seen(), (performance.now() - began) / 1_000);
      const isDone = await listItems({ unlisted, checkpoint, save, signal: stop.signal, onPage });
      return isDone ? checkpoint : undefined;
    },
    conclude: async () => {
      folder.removeParts();
      folder.saveSummary({
        run: name,
        dry_run: options.dryRun,
        ...tables,
        consumed_rcu: meter.rcu,
        consumed_wcu: meter.wcu,
      });
      for (const table of TABLES) console.log(`${table.padEnd(8)} ${told(tables[table], options.dryRun)}`);
      console.log(`${count(meter.rcu)} read and ${count(meter.wcu)} write units. The files are in ${folder.path}`);
      console.log(whatNext(checkpoint));
      return 0;
    },
    done: () => `${count(seen())} items`,
    goOn: `npm run migrate-indexes -- --resume=${folder.path}`,
  });
}

const told = ({ seen, unlisted, written }: Listed, isDry: boolean): string =>
  `${count(seen)} items: ${count(unlisted)} ${isDry ? "would come" : "were not in their list"}${isDry ? " to their list" : `, ${count(written)} came to it`}`;

function whatNext({ options, tables }: ListingCheckpoint): string {
  const unlisted = tables.progress.unlisted + tables.records.unlisted;
  if (unlisted === 0) return 'Every item is in its list: go on with formerIndexes: "kept" (docs/operations.md).';
  if (options.dryRun)
    return `Nothing was written. Run again without --dry-run: about two write units for each KB or part of it, ${count(2 * unlisted)} or more.`;
  return "Run it once more: it must find none.";
}

/** A new run, or the one to go on with. @throws StartError */
function begin(given: MigrateIndexesArguments, target: string): { folder: RunFolder; checkpoint: ListingCheckpoint } {
  if (given.resume !== undefined) {
    const folder = new RunFolder(findRun(given.resume, given.outputDir), FILES);
    const checkpoint = folder.loadCheckpoint() as ListingCheckpoint;
    const name = basename(folder.path);
    if (checkpoint.kind !== "migrate-indexes") throw new StartError(`The run ${name} is no migration of indexes.`);
    if (checkpoint.finished) throw new StartError(`The run ${name} is finished; there is nothing to resume.`);
    if (checkpoint.target !== target)
      throw new StartError(`The run began on ${checkpoint.target}, and this is ${target}.`);
    return { folder, checkpoint };
  }
  const run = nameOfRun(toTimestamp(Date.now()));
  const { dryRun, segments, concurrency } = given;
  const none = (): Listed => ({ seen: 0, unlisted: 0, written: 0 });
  const folder = new RunFolder(join(given.outputDir, run), FILES);
  folder.create();
  const tables = { progress: none(), records: none() };
  const options = { dryRun, segments, concurrency };
  return {
    folder,
    checkpoint: { kind: "migrate-indexes", run, target, options, positions: {}, tables, finished: false },
  };
}
