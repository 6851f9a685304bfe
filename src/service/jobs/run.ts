import type { Catalog } from "../../catalog/catalog.ts";
import { resolveProgress, unknownFlags } from "../../completion/resolve-progress.ts";
import type { Identity } from "../../model/identity.ts";
import type { LearnerId } from "../../model/learner.ts";
import type { Progress } from "../../model/progress.ts";
import { type Timestamp, toTimestamp } from "../../model/time.ts";
import { type Reading, readingOf } from "../../store/items.ts";

import type { ScannedLearner, ScannedPage, Scanner, ScanPosition } from "../../store/scanner.ts";
import type { Store } from "../../store/store.ts";
import type { Meter } from "../../store/usage.ts";
import { findGroup } from "../identity/find-group.ts";
import { joinedStore } from "../identity/joined-store.ts";
import { resolvedReading } from "../settle/resolving.ts";
import { ahead } from "./ahead.ts";
import { type ChangeRecord, intendedBefore, type LearnerChanges } from "./change.ts";
import { type BackfillOptions, segmentsOf } from "./options.ts";
import type { Lengths, RunFolder } from "./run-folder.ts";
import { type RunProgress, RunSession } from "./run-session.ts";
import { mayBeSetFromScan } from "./set-from-scan.ts";
import {
  type Candidate,
  differencesOf,
  type Failure,
  type RunOutcome,
  type SettlePolicy,
  settleCandidate,
  takeAwayDeleted,
} from "./settle-for-run.ts";
import { type Summary, summarize } from "./summary.ts";
import { addTally, countChanges, emptyTally, type Tally } from "./tally.ts";

const CHECKPOINT_INTERVAL_MS = 1_000;

type SegmentState = { position: ScanPosition | null; done: boolean; lengths: Lengths };

/** checkpoint.json: what is done, and all that is needed to go on. */
export type Checkpoint = {
  run: string;
  options: BackfillOptions;
  catalogVersion: string;
  /** Which store and table: a run goes on where it began. */
  target: string;
  startTime: Timestamp;
  seconds: number;
  consumed: Meter;
  tally: Tally;
  segments: Record<number, SegmentState>;
  finished: boolean;
};

export type BackfillRun = {
  store: Store;
  scanner: Scanner;
  meter: Meter;
  catalog: Catalog;
  folder: RunFolder;
  /** A new run's, or the one that it goes on from. */
  checkpoint: Checkpoint;
  /** Stops the run after the learners in hand. */
  signal: AbortSignal;
  now?: () => number;
};

type NewRun = Pick<Checkpoint, "run" | "options" | "catalogVersion" | "target" | "startTime">;

export const newCheckpoint = (begun: NewRun): Checkpoint => ({
  ...begun,
  seconds: 0,
  consumed: { rcu: 0, wcu: 0 },
  tally: emptyTally(),
  segments: {},
  finished: false,
});

/**
 * Settles the flags of every learner, or of one. Steps 2 to 4 of ingest, with the same functions.
 * @param onProgress told after every page and batch
 * @returns the summary, or undefined when the signal stopped the run; its checkpoint is then written
 * @throws AppError STORE_UNAVAILABLE when the store fails for good; the checkpoint stands
 */
export async function runBackfill(
  run: BackfillRun,
  onProgress: (progress: RunProgress) => void,
): Promise<Summary | undefined> {
  const { checkpoint, now = Date.now } = run;
  const { options } = checkpoint;
  const session: Session = new RunSession(run, policyOf(run), onProgress);
  const segments = options.contactId === undefined ? segmentsOf(options) : [0];
  return session.workOff(
    segments,
    (segment) => new SegmentWorker(session, segment),
    () => {
      const { run: name, startTime, catalogVersion, tally, seconds, consumed } = checkpoint;
      const times = { startTime, endTime: toTimestamp(now()), seconds };
      return summarize({ run: name, options, catalogVersion, ...times }, tally, consumed);
    },
  );
}

type Session = RunSession<BackfillRun, SettlePolicy>;

/** One time for all flags of a run, which resuming does not change. */
const policyOf = ({ catalog, checkpoint: { options, startTime } }: BackfillRun): SettlePolicy => ({
  catalog: catalog.at(startTime),
  revoke: options.revoke,
  revokeUnknown: options.revokeUnknown ?? false,
  dryRun: options.dryRun,
  recordedAt: startTime,
});

/** What a scan has shown of a learner; `candidate` is undefined where all is right. */
type Look = { reading: Reading; candidate: Candidate | undefined };

/** One segment of the table: scans it, and settles in batches the learners that differ. */
class SegmentWorker {
  readonly #session: Session;
  readonly #segment: number;
  /** What is done since the last commit. */
  #tally = emptyTally();
  #position: ScanPosition | null;
  /** Learners that wait until they are enough to be settled. */
  #batch: Candidate[] = [];
  #savedAt = performance.now();
  readonly #intended: Map<LearnerId, Map<string, ChangeRecord>>;

  constructor(session: Session, segment: number) {
    const { folder, checkpoint } = session.run;
    this.#session = session;
    this.#segment = segment;
    const state = checkpoint.segments[segment];
    this.#position = state?.position ?? null;
    folder.truncate(segment, state?.lengths ?? { changes: 0, failures: 0 });
    this.#intended = intendedBefore(folder.intents<LearnerChanges>(segment));
  }

  async work(): Promise<void> {
    const { checkpoint, scanner, signal } = this.#session.run;
    const { contactId, segments } = checkpoint.options;
    if (checkpoint.segments[this.#segment]?.done) return;
    if (contactId !== undefined) {
      const { store } = this.#session.run;
      const group = await findGroup(store, contactId);
      if (await this.#settle([{ learnerId: group.learnerId }])) {
        const { progress } = await joinedStore(store, group.learnerId, group).read(group.learnerId);
        this.#countUnknown(resolveProgress(this.#session.policy.catalog, progress));
        this.#commit(true);
      }
      return;
    }

    const pages = ahead(scanner.segment(this.#segment, segments, this.#position ?? undefined));
    for await (const page of pages) {
      this.#tally.itemsRead += page.itemCount;
      if (!(await this.#takePage(page))) return;
      if (signal.aborted) break;
      if (this.#batch.length === 0) this.#commit(false);
    }
    if (await this.#settle(this.#batch)) this.#commit(!signal.aborted);
  }

  /** Settles each batch that the page's learners fill. @returns false when the run was stopped meanwhile */
  async #takePage({ learners }: ScannedPage): Promise<boolean> {
    const { checkpoint, store, signal } = this.#session.run;
    const asked = store.identitiesAmong(learners.map(({ learnerId }) => learnerId));
    // It is waited for below; until then a failure must not count as unhandled.
    asked.catch(() => {});
    const looked = learners.map((learner) => this.#lookAt(learner));
    const identities = await asked;
    for (const [index, learner] of learners.entries()) {
      const { learnerId } = learner;
      await this.#queue(learnerId, looked[index] as Look, identities.get(learnerId) ?? {});
      this.#position = learner.last;
      if (this.#batch.length < checkpoint.options.batchSize) continue;
      if (!(await this.#settle(this.#batch))) return false;
      this.#batch = [];
      this.#commit(false);
      if (signal.aborted) return false;
    }
    return true;
  }

  /** Counts a learner who is right, and keeps for the next batch who may not be. */
  async #queue(learnerId: LearnerId, { reading, candidate }: Look, { deletedAt, links }: Identity): Promise<void> {
    // What is stored under an alias is settled with its learner, whom the scan comes to as well.
    if (links !== undefined && (await findGroup(this.#session.run.store, learnerId)).learnerId !== learnerId) return;
    if (deletedAt === undefined) this.#countUnknown(reading.progress);
    if (deletedAt !== undefined || links !== undefined) this.#batch.push({ learnerId });
    else if (candidate === undefined) this.#countRight();
    else this.#batch.push(candidate);
  }

  /** By an eventually consistent read, which is good enough to find who differs. */
  #lookAt({ learnerId, items }: ScannedLearner): Look {
    const { policy } = this.#session;
    const reading = resolvedReading(policy.catalog, readingOf(items));
    if (this.#intended.has(learnerId) || reading.faults.length > 0) return { reading, candidate: { learnerId } };
    const changes = differencesOf(policy, reading);
    if (changes.length === 0) return { reading, candidate: undefined };
    const scanned = mayBeSetFromScan(changes) ? { scanned: { reading, changes } } : {};
    return { reading, candidate: { learnerId, ...scanned } };
  }

  /**
   * Settles a batch, and writes down what became of it.
   * @returns false when the run was stopped before all were begun: then nothing is written down but what was meant
   */
  async #settle(candidates: readonly Candidate[]): Promise<boolean> {
    const { run, policy, limit } = this.#session;
    const settled = await Promise.allSettled(
      candidates.map((candidate) =>
        limit(async () => {
          const { learnerId } = candidate;
          if (run.signal.aborted) return undefined;
          return settleCandidate(run.store, policy, candidate, {
            intended: this.#intended.get(learnerId) ?? new Map(),
            announce: (changes) =>
              run.folder.append("intents", this.#segment, [
                { contact_id: learnerId, changes } satisfies LearnerChanges,
              ]),
          });
        }),
      ),
    );
    const unlooked = candidates.filter((_, index) => {
      const result = settled[index];
      return result?.status === "fulfilled" && result.value && "unlooked" in result.value;
    });
    // In the limit too, because it may take a learner in hand once more.
    const deleted = await limit(() =>
      takeAwayDeleted(
        run.store,
        unlooked.map(({ learnerId }) => learnerId),
      ),
    );
    const failed = settled.find((result) => result.status === "rejected");
    if (failed) throw failed.reason;
    const outcomes = settled.flatMap((result) => (result.status === "fulfilled" ? (result.value ?? []) : []));
    if (outcomes.length < candidates.length) return false;
    // In the order of the scan, so that the files of two equal runs are equal.
    for (const [index, outcome] of outcomes.entries()) {
      const { learnerId } = candidates[index] as Candidate;
      this.#record(learnerId, deleted.has(learnerId) ? { kind: "deleted" } : outcome);
    }
    return true;
  }

  #record(learnerId: LearnerId, outcome: RunOutcome): void {
    const { folder } = this.#session.run;
    if (outcome.kind === "deleted") this.#tally.deletedPurged++;
    if (outcome.kind === "right") this.#countRight();
    if ("changes" in outcome && outcome.changes.length > 0) {
      countChanges(this.#tally, outcome.changes);
      const entry: LearnerChanges = { contact_id: learnerId, changes: outcome.changes };
      folder.append("changes", this.#segment, [entry]);
    }
    if (outcome.kind === "changed") {
      this.#tally.processed++;
      this.#tally.updated++;
    }
    if (outcome.kind === "failed") {
      this.#tally.failed++;
      if (outcome.badData) this.#tally.validationErrors += outcome.failures.length;
      const entries = outcome.failures.map((failure: Failure) => ({ contact_id: learnerId, ...failure }));
      folder.append("failures", this.#segment, entries);
    }
  }

  /** Flags of what has no file any more, which are left as they are. */
  #countUnknown(progress: Progress): void {
    const { catalog, revokeUnknown } = this.#session.policy;
    if (!revokeUnknown) this.#tally.unknownLeft += unknownFlags(catalog, progress);
  }

  #countRight(): void {
    this.#tally.processed++;
    if (this.#session.run.checkpoint.options.skipSynced) this.#tally.skippedSynced++;
  }

  /** Everything up to the position is done: nothing between these lines may wait. */
  #commit(done: boolean): void {
    const { checkpoint, folder } = this.#session.run;
    addTally(checkpoint.tally, this.#tally);
    this.#tally = emptyTally();
    checkpoint.segments[this.#segment] = { position: this.#position, done, lengths: folder.lengths(this.#segment) };
    if (done || performance.now() - this.#savedAt >= CHECKPOINT_INTERVAL_MS) {
      this.#session.save();
      folder.clearIntents(this.#segment);
      this.#savedAt = performance.now();
    }
    this.#session.report();
  }
}
