import { type FlagChange, placeOf } from "../../completion/settle.ts";
import { entityKey } from "../../model/entity.ts";
import type { Reading } from "../../store/items.ts";
import type { WrittenFlag } from "../settle/write-flags.ts";
import { type ChangeRecord, recordOf } from "./change.ts";

/** What a scan has shown of a learner whose flags are only to be set. */
export type Scanned = { reading: Reading; changes: FlagChange[] };

/**
 * Whether flags may be set from what a scan has read, with no second read. A scan may be a second late, and its items are
 * no snapshot; but facts only grow, so what it has seen completes a course for good, and each flag is written only where
 * there is none yet. Of a fact that the scan has not seen (A scans, B records), the writer reads after its write:
 *
 *   t1 A scans m1, m2   t2 B records m2 earlier   t3 A sets the flag     t4 B reads it, and moves it
 *   t1 A scans m1, m2   t2 B records m2 earlier   t3 B reads: no flag    t4 A sets the flag   t5 B's write is lost, and it
 *   reads again, and moves the flag
 *   t1 A scans m1, m2   t2 B records, reads and sets the flag            t3 A's write is lost, and A reads
 *
 * A flag that is to be moved or cleared rests on what is not there, which only a later read can tell. The same goes for
 * one that counts an entry by its flag alone, which another backfill may clear.
 * Tests: jobs/races, "that the scan has not seen" and around it; jobs/properties, "in every order of their calls".
 */
export const mayBeSetFromScan = (changes: readonly FlagChange[]): boolean =>
  changes.every(
    ({ before, after, countedByFlag }) => before === undefined && after !== undefined && countedByFlag === undefined,
  );

/** What a run's files say of flags. */
export const recordsOf = (flags: readonly WrittenFlag[]): ChangeRecord[] =>
  flags.map(({ change, was }) => recordOf(change, was));

/** The flags to be set, each on the condition that it is as the scan has read it. */
export const flagsOf = ({ changes, reading }: Scanned): WrittenFlag[] =>
  changes.map((change) => ({ change, was: reading.items.get(entityKey(placeOf(change))) }));
