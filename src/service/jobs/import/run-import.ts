import type { Catalog } from "../../../catalog/catalog.ts";
import { type Timestamp, toTimestamp } from "../../../model/time.ts";
import type { Meter } from "../../../store/usage.ts";
import { ahead } from "../ahead.ts";
import type { Lengths, RunFolder } from "../run-folder.ts";
import type { ImportedEvent } from "./import-events.ts";
import { type ImportSummary, summarizeImport } from "./import-summary.ts";
import { countEvent, countIn, emptyImportTally, type ImportTally } from "./import-tally.ts";
import type { Taken } from "./judge.ts";
import { nextStepOf, type Refusal, type RefusedRow } from "./refusal.ts";
import type { RowReading } from "./row-reader.ts";
import type { Format, Row } from "./rows.ts";

const CHECKPOINT_INTERVAL_MS = 1_000;
/** Rows that are sent at a time: of one learner they cost one read. */
const ROWS_AT_ONCE = 500;
/** A document may come to many events. */
const EVENTS_AT_ONCE = 2_000;
/** An import is one segment of a run's folder. */
const SEGMENT = 0;

/** checkpoint.json: what is done, and all that is needed to go on. */
export type ImportCheckpoint = {
  run: string;
  file: string;
  mapping: string;
  format: Format;
  /** Of the file and the mapping: a run goes on with what it began with. */
  digests: { file: string; mapping: string };
  dryRun: boolean;
  catalogVersion: string;
  target: string;
  startTime: Timestamp;
  seconds: number;
  consumed: Meter;
  tally: ImportTally;
  lengths: Lengths;
  finished: boolean;
};

type Begun = Omit<ImportCheckpoint, "seconds" | "consumed" | "tally" | "lengths" | "finished">;
export const newImportCheckpoint = (begun: Begun): ImportCheckpoint => ({
  ...begun,
  seconds: 0,
  consumed: { rcu: 0, wcu: 0 },
  tally: emptyImportTally(),
  lengths: { changes: 0, failures: 0 },
  finished: false,
});

export type ImportRun = {
  rows: AsyncIterable<Row>;
  read: (row: Row) => RowReading;
  /** Sends events, or only judges them. @returns what became of each, in their order */
  take: (events: readonly object[]) => Promise<Taken[]>;
  catalog: Catalog;
  folder: RunFolder;
  checkpoint: ImportCheckpoint;
  meter: Meter;
  signal: AbortSignal;
  now?: () => number;
  rowsAtOnce?: number;
};

type Chunk = { rows: { row: Row; reading: RowReading }[]; events: ImportedEvent[] };

/**
 * Imports the rows that the checkpoint has not, some at a time.
 * @param onProgress told after each of them, with how much of the file is read
 * @returns the summary, or undefined when the signal stopped the run; its checkpoint is then written
 * @throws AppError STORE_UNAVAILABLE when the store fails for good; the checkpoint stands
 */
export async function runImport(
  run: ImportRun,
  onProgress: (progress: { bytes: number; rows: number; seconds: number }) => void,
): Promise<ImportSummary | undefined> {
  const { checkpoint, folder, signal, meter, now = Date.now } = run;
  const before = { seconds: checkpoint.seconds, consumed: checkpoint.consumed, rows: checkpoint.tally.rows };
  const began = performance.now();
  const secondsHere = () => (performance.now() - began) / 1_000;
  let savedAt = began;
  const save = () => {
    checkpoint.seconds = before.seconds + secondsHere();
    checkpoint.consumed = { rcu: before.consumed.rcu + meter.rcu, wcu: before.consumed.wcu + meter.wcu };
    folder.saveCheckpoint(checkpoint);
    savedAt = performance.now();
  };

  folder.create();
  folder.truncate(SEGMENT, checkpoint.lengths);
  save();
  let isStopped = false;
  try {
    for await (const chunk of ahead(chunksOf(run, before.rows))) {
      isStopped = signal.aborted;
      if (isStopped) break;
      await importChunk(run, chunk);
      if (performance.now() - savedAt >= CHECKPOINT_INTERVAL_MS) save();
      const bytes = chunk.rows.at(-1)?.row.bytes ?? 0;
      onProgress({ bytes, rows: checkpoint.tally.rows - before.rows, seconds: secondsHere() });
    }
  } finally {
    save();
  }
  if (isStopped) return undefined;

  await folder.assemble([SEGMENT]);
  const { run: name, file, dryRun, catalogVersion, startTime, seconds, consumed, tally } = checkpoint;
  const times = { start_time: startTime, end_time: toTimestamp(now()), seconds, consumed };
  const heading = { run: name, file, dry_run: dryRun, catalog_version: catalogVersion };
  const summary = summarizeImport({ ...heading, ...times }, tally);
  folder.saveSummary(summary);
  checkpoint.finished = true;
  save();
  folder.removeParts();
  return summary;
}

/** @param done rows that are imported already */
async function* chunksOf({ rows, read, rowsAtOnce = ROWS_AT_ONCE }: ImportRun, done: number): AsyncGenerator<Chunk> {
  let chunk: Chunk = { rows: [], events: [] };
  for await (const row of rows) {
    if (row.number <= done) continue;
    const reading = read(row);
    chunk.rows.push({ row, reading });
    chunk.events.push(...reading.events);
    if (chunk.rows.length < rowsAtOnce && chunk.events.length < EVENTS_AT_ONCE) continue;
    yield chunk;
    chunk = { rows: [], events: [] };
  }
  if (chunk.rows.length > 0) yield chunk;
}

async function importChunk({ take, catalog, folder, checkpoint }: ImportRun, { rows, events }: Chunk): Promise<void> {
  const { tally } = checkpoint;
  const taken = await take(events.map(({ raw }) => raw));
  const of = new Map(events.map((event, index) => [event, taken[index] as Taken]));
  // Nothing between these lines may wait, because the checkpoint says that all of it is done, or nothing.
  for (const { row, reading } of rows) {
    const refusals = [...reading.refusals];
    for (const event of reading.events) {
      const outcome = of.get(event) as Taken;
      countEvent(tally, catalog, event, outcome);
      if ("error" in outcome) refusals.push(refusalOf(event, outcome.error));
    }
    for (const { code } of refusals) countIn(tally.refusedFor, code);
    for (const reason of reading.skipped) countIn(tally.skippedFor, reason);
    tally.rows++;
    tally[standingOf(reading, refusals)]++;
    folder.append(
      "failures",
      SEGMENT,
      refusals.map((refusal) => refusedRow(row, refusal)),
    );
  }
  checkpoint.lengths = folder.lengths(SEGMENT);
}

function standingOf({ events }: RowReading, refusals: readonly Refusal[]): "imported" | "refused" | "skipped" {
  if (refusals.length > 0) return "refused";
  return events.length > 0 ? "imported" : "skipped";
}

function refusalOf(
  { learner, entity }: ImportedEvent,
  { code, message, extras }: Extract<Taken, { error: unknown }>["error"],
): Refusal {
  const faults = (extras.errors ?? []).map(({ path, message: fault }) => `${path}: ${fault}`);
  return { code, reason: [message, ...faults].join(" "), learner, entity };
}

const refusedRow = ({ number, line }: Row, { code, reason, learner, entity }: Refusal): RefusedRow => ({
  row: number,
  line,
  learner_id: learner ?? null,
  entity: entity ?? null,
  code,
  reason,
  next_step: nextStepOf(code),
});
