import type { ItemKey, TableOf } from "../../store/learner-items.ts";
import type { Unlisted, UnlistedItem } from "../../store/unlisted.ts";
import { limitTo } from "../limit-to.ts";

export const TABLES: readonly TableOf[] = ["progress", "records"];

/** Items that were seen, those of them that were in no list, and those of these that came to theirs. */
export type Listed = { seen: number; unlisted: number; written: number };

/** checkpoint.json: how far each part of each table is, and what was found there. */
export type ListingCheckpoint = {
  kind: "migrate-indexes";
  run: string;
  target: string;
  options: { dryRun: boolean; segments: number; concurrency: number };
  /** By table and segment; null at the end of a part. */
  positions: Record<string, ItemKey | null>;
  tables: Record<TableOf, Listed>;
  finished: boolean;
};

type Listing = {
  unlisted: Unlisted;
  checkpoint: ListingCheckpoint;
  save: () => void;
  signal: AbortSignal;
  onPage: () => void;
};

/**
 * Brings every item of a table to its list, beside the service that writes it: what the service writes meanwhile is in its
 * list already. Done twice, it finds nothing more to do; stopped, it goes on behind the last page of each part.
 * @returns whether it came to its end
 */
export async function listItems(listing: Listing): Promise<boolean> {
  const { checkpoint, signal } = listing;
  const { segments, concurrency } = checkpoint.options;
  const limit = limitTo(concurrency, Number.POSITIVE_INFINITY);
  const write = (table: TableOf, item: UnlistedItem) => limit(listing.unlisted.list, table, item);
  for (const table of TABLES)
    await Promise.all(Array.from({ length: segments }, (_, segment) => listPart(listing, { table, segment, write })));
  checkpoint.finished = !signal.aborted;
  listing.save();
  return checkpoint.finished;
}

type Part = { table: TableOf; segment: number; write: (table: TableOf, item: UnlistedItem) => Promise<string> };

async function listPart(
  { unlisted, checkpoint, save, signal, onPage }: Listing,
  { table, segment, write }: Part,
): Promise<void> {
  const { positions, tables, options } = checkpoint;
  const name = `${table} ${segment}`;
  for (let from = positions[name]; from !== null && !signal.aborted; from = positions[name]) {
    const page = await unlisted.page(table, { segment, segments: options.segments, from });
    const outcomes = options.dryRun ? [] : await Promise.all(page.unlisted.map((item) => write(table, item)));
    const tally = tables[table];
    tally.seen += page.seen;
    tally.unlisted += page.unlisted.length;
    tally.written += outcomes.filter((outcome) => outcome === "written").length;
    positions[name] = page.next ?? null;
    save();
    onPage();
  }
}
