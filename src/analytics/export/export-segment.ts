import { join } from "node:path";
import type { Identity } from "../../model/identity.ts";
import { errorDetails } from "../../process/log.ts";
import { ahead } from "../../service/jobs/ahead.ts";
import { isOfTheStore } from "../../service/jobs/settle-for-run.ts";
import { withoutProgress } from "../../service/read/read-learners.ts";
import type { ItemFault } from "../../store/items.ts";
import type { ScannedPage } from "../../store/scanner.ts";
import { RowSet } from "../rows/row-set.ts";
import { addRowsOfLearner } from "../rows/rows-of-learner.ts";
import { deletedLearners } from "../tables/learner-tables.ts";
import { addTally, emptyTally, type SegmentState } from "./checkpoint.ts";
import { deletedRows } from "./deleted-rows.ts";
import { digestLine, digestOfRows, EarlierDigests } from "./digests.ts";
import type { ExportSession } from "./export-session.ts";
import { DIGESTS, PartFiles, partPath } from "./part-files.ts";
import { readLearner, type Scanned } from "./read-learner.ts";

const CHECKPOINT_INTERVAL_MS = 1_000;
/** Learners of whom the history alone knows, asked for at once. */
const HISTORY_PAGE = 500;

type Written = { rows: RowSet; isSettled: boolean; faults: ItemFault[] };
type Outcome = ({ learner: string } & (Written | { reason: string })) | undefined;

/** One segment of the table: scans it, and writes the rows of its learners page by page. */
export class ExportSegment {
  readonly #session: ExportSession;
  readonly #segment: number;
  readonly #state: SegmentState;
  readonly #files: PartFiles;
  readonly #earlier: EarlierDigests | undefined;
  #tally = emptyTally();
  #savedAt = performance.now();

  constructor(session: ExportSession, segment: number) {
    const { checkpoint, folder, previous } = session.run;
    const { format, previous: isIncremental } = checkpoint.options;
    this.#session = session;
    this.#segment = segment;
    this.#state = checkpoint.segments[segment] ?? { position: null, done: false, lengths: {}, compared: 0 };
    folder.truncate(segment, { changes: 0, failures: this.#state.lengths.failures ?? 0 });
    this.#files = new PartFiles(folder.path, format, String(segment));
    const { tables, hasDigests } = session.policy;
    const own = tables.filter(({ kind }) => kind !== "catalog");
    for (const table of hasDigests ? [...own, { name: DIGESTS, columns: {} }] : own)
      this.#files.open(table, this.#state.lengths[table.name] ?? 0);
    if (isIncremental !== undefined && previous !== undefined)
      this.#earlier = new EarlierDigests(
        join(previous, partPath(format, DIGESTS, String(segment))),
        this.#state.compared,
      );
  }

  async work(): Promise<void> {
    try {
      if (!this.#state.done && (await this.#scan()) && (await this.#readHistories())) this.#commit(true);
    } finally {
      this.#files.close();
      this.#earlier?.close();
    }
  }

  /** @returns false when the run was stopped */
  async #scan(): Promise<boolean> {
    const { checkpoint, scanner, signal } = this.#session.run;
    if (this.#state.historyPosition !== undefined) return true;
    const from = this.#state.position ?? undefined;
    for await (const page of ahead(scanner.segment(this.#segment, checkpoint.options.segments, from))) {
      if (signal.aborted) return false;
      await this.#takePage(page);
    }
    return true;
  }

  async #takePage({ learners, itemCount, identities = [] }: ScannedPage): Promise<void> {
    const { store, pseudonyms } = this.#session.run;
    await this.#write(learners);
    const deleted = await deletedRows(store, pseudonyms, identities);
    this.#append(deletedLearners.name, deleted.map((row) => this.#files.line(row)).join(""), deleted.length);
    this.#tally.itemsRead += itemCount;
    this.#state.position = learners.at(-1)?.last ?? this.#state.position;
    this.#commit(false);
  }

  /** Those who have sessions, cards or refused claims, and no progress: no scan of progress comes to them. */
  async #readHistories(): Promise<boolean> {
    const { store, signal } = this.#session.run;
    if (this.#segment !== 0) return true;
    for (;;) {
      if (signal.aborted) return false;
      const from = this.#state.historyPosition ?? {};
      const page = await store.learnersPage("records", { limit: HISTORY_PAGE, from });
      const learnerIds = await withoutProgress(store, page.learnerIds);
      await this.#write(learnerIds.map((learnerId) => ({ learnerId, items: [] })));
      // The last page has no position behind it: its rows are committed with the whole segment, and never without that.
      if (page.next === undefined) return true;
      this.#state.historyPosition = page.next;
      this.#commit(false);
    }
  }

  async #write(scanned: readonly Scanned[]): Promise<void> {
    const { run, limit } = this.#session;
    if (scanned.length === 0) return;
    const identities = await run.store.identitiesAmong(scanned.map(({ learnerId }) => learnerId));
    const outcomes = await Promise.all(
      scanned.map((one) => limit(() => this.#rowsOf(one, identities.get(one.learnerId) ?? {}))),
    );
    // In the order of the scan, by which the next run finds them.
    for (const outcome of outcomes) this.#record(outcome);
  }

  async #rowsOf(scanned: Scanned, identity: Identity): Promise<Outcome> {
    const { run, policy } = this.#session;
    const learner = run.pseudonyms.learner(scanned.learnerId);
    try {
      const read = await readLearner({ store: run.store, catalog: policy.catalog }, scanned, identity);
      if (read === undefined) return undefined;
      const rows = new RowSet(policy.tables);
      addRowsOfLearner(rows, { ...policy, learner }, read.stored);
      return { learner, rows, isSettled: read.stored.unsettled.size === 0, faults: read.faults };
    } catch (error) {
      if (isOfTheStore(error)) throw error;
      const { error: message, cause } = errorDetails(error);
      return { learner, reason: cause ?? message };
    }
  }

  #record(outcome: Outcome): void {
    if (outcome === undefined) return;
    const { learner } = outcome;
    const { folder } = this.#session.run;
    const reasons = "reason" in outcome ? [{ entity: null, reason: outcome.reason }] : outcome.faults;
    folder.append(
      "failures",
      this.#segment,
      reasons.map((one) => ({ learner, ...one })),
    );
    this.#tally[reasons.length > 0 ? "failed" : "processed"]++;
    if ("reason" in outcome) return;
    if (!outcome.isSettled) this.#tally.unsettled++;
    const byTable = [...outcome.rows.entries()].map(([table, rows]) => ({
      table,
      count: rows.length,
      lines: rows.map((row) => this.#files.line(row)).join(""),
    }));
    if (this.#session.policy.hasDigests && this.#isUnchanged(learner, byTable)) return;
    this.#tally.written++;
    for (const { table, lines, count } of byTable) this.#append(table, lines, count);
  }

  #isUnchanged(learner: string, byTable: readonly { lines: string }[]): boolean {
    const digest = digestOfRows(byTable.map(({ lines }) => lines).join(""));
    this.#files.append(DIGESTS, digestLine(learner, digest));
    return this.#earlier?.isUnchanged(learner, digest) ?? false;
  }

  #append(table: string, lines: string, count: number): void {
    if (count === 0) return;
    this.#files.append(table, lines);
    this.#tally.rows[table] = (this.#tally.rows[table] ?? 0) + count;
  }

  /** Everything up to the position is done: nothing between these lines may wait. */
  #commit(done: boolean): void {
    const { checkpoint, folder } = this.#session.run;
    if (done || performance.now() - this.#savedAt >= CHECKPOINT_INTERVAL_MS) {
      const lengths = { ...this.#files.lengths(), failures: folder.lengths(this.#segment).failures };
      const compared = this.#earlier?.position ?? 0;
      addTally(checkpoint.tally, this.#tally);
      this.#tally = emptyTally();
      checkpoint.segments[this.#segment] = { ...this.#state, done, lengths, compared };
      this.#session.save();
      this.#savedAt = performance.now();
    }
    this.#session.report();
  }
}
