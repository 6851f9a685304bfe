import { resolveProgress, unknownFlags } from "../../completion/resolve-progress.ts";
import type { Identity } from "../../model/identity.ts";
import type { LearnerId } from "../../model/learner.ts";
import type { Progress } from "../../model/progress.ts";
import { type Reading, readingOf } from "../../store/items.ts";
import type { ScannedLearner, ScannedPage, Scanner, ScanPosition } from "../../store/scanner.ts";
import type { Store } from "../../store/store.ts";
import { findGroup } from "../identity/find-group.ts";
import { joinedStore } from "../identity/joined-store.ts";
import { resolvedReading } from "../settle/resolving.ts";
import { ahead } from "./ahead.ts";
import { type ChangeRecord, intendedBefore, intentsLeft, type LearnerChanges } from "./change.ts";
import type { BackfillOptions } from "./options.ts";
import type { SegmentDesk } from "./segment-desk.ts";
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
import { countChanges, emptyTally, type Tally } from "./tally.ts";

/** What a scan has shown of a learner; `candidate` is undefined where all is right. */
type Look = { reading: Reading; candidate: Candidate | undefined };

/** What a backfill works on, whichever segment it is at. */
export type BackfillWork = { store: Store; scanner: Scanner; options: BackfillOptions; policy: SettlePolicy };

/** One segment of the table: scans it, and settles in batches the learners that differ. */
export class BackfillSegment {
  readonly #work: BackfillWork;
  readonly #desk: SegmentDesk<Tally>;
  /** What is done since the last commit. */
  #tally = emptyTally();
  #position: ScanPosition | null;
  /** Learners that wait until they are enough to be settled. */
  #batch: Candidate[] = [];
  readonly #intended: Map<LearnerId, Map<string, ChangeRecord>>;

  constructor(work: BackfillWork, desk: SegmentDesk<Tally>) {
    this.#work = work;
    this.#desk = desk;
    this.#position = desk.position;
    this.#intended = intendedBefore(desk.intents as readonly LearnerChanges[]);
  }

  async work(): Promise<void> {
    const { scanner, options } = this.#work;
    const { segment, signal } = this.#desk;
    if (options.contactId !== undefined) return this.#workOne(options.contactId);

    const pages = ahead(scanner.segment(segment, options.segments, this.#position ?? undefined));
    for await (const page of pages) {
      this.#tally.itemsRead += page.itemCount;
      if (!(await this.#takePage(page))) return;
      if (signal.aborted) break;
      if (this.#batch.length === 0) await this.#commit(false);
    }
    if (await this.#settle(this.#batch)) await this.#commit(!signal.aborted);
  }

  async #workOne(contactId: LearnerId): Promise<void> {
    const { store, policy } = this.#work;
    const group = await findGroup(store, contactId);
    if (!(await this.#settle([{ learnerId: group.learnerId }]))) return;
    const { progress } = await joinedStore(store, group.learnerId, group).read(group.learnerId);
    this.#countUnknown(resolveProgress(policy.catalog, progress));
    await this.#commit(true);
  }

  /** Settles each batch that the page's learners fill. @returns false when the run was stopped meanwhile */
  async #takePage({ learners }: ScannedPage): Promise<boolean> {
    const { store, options } = this.#work;
    const asked = store.identitiesAmong(learners.map(({ learnerId }) => learnerId));
    // It is waited for below; until then a failure must not count as unhandled.
    asked.catch(() => {});
    const looked = learners.map((learner) => this.#lookAt(learner));
    const identities = await asked;
    for (const [index, learner] of learners.entries()) {
      const { learnerId } = learner;
      await this.#queue(learnerId, looked[index] as Look, identities.get(learnerId) ?? {});
      this.#position = learner.last;
      if (this.#batch.length < options.batchSize) continue;
      if (!(await this.#settle(this.#batch))) return false;
      this.#batch = [];
      await this.#commit(false);
      if (this.#desk.signal.aborted) return false;
    }
    return true;
  }

  /** Counts a learner who is right, and keeps for the next batch who may not be. */
  async #queue(learnerId: LearnerId, { reading, candidate }: Look, { deletedAt, links }: Identity): Promise<void> {
    // What is stored under an alias is settled with its learner, whom the scan comes to as well.
    if (links !== undefined && (await findGroup(this.#work.store, learnerId)).learnerId !== learnerId) return;
    if (deletedAt === undefined) this.#countUnknown(reading.progress);
    if (deletedAt !== undefined || links !== undefined) this.#batch.push({ learnerId });
    else if (candidate === undefined) this.#countRight();
    else this.#batch.push(candidate);
  }

  /** By an eventually consistent read, which is good enough to find who differs. */
  #lookAt({ learnerId, items }: ScannedLearner): Look {
    const { policy } = this.#work;
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
    const { store, policy } = this.#work;
    const { limit, signal } = this.#desk;
    const settled = await Promise.allSettled(
      candidates.map((candidate) =>
        limit(async () => {
          const { learnerId } = candidate;
          if (signal.aborted) return undefined;
          return settleCandidate(store, policy, candidate, {
            intended: this.#intended.get(learnerId) ?? new Map(),
            announce: (changes) => this.#desk.announce({ contact_id: learnerId, changes } satisfies LearnerChanges),
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
        store,
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
    this.#intended.delete(learnerId);
    if (outcome.kind === "deleted") this.#tally.deletedPurged++;
    if (outcome.kind === "right") this.#countRight();
    if ("changes" in outcome && outcome.changes.length > 0) {
      countChanges(this.#tally, outcome.changes);
      const entry: LearnerChanges = { contact_id: learnerId, changes: outcome.changes };
      this.#desk.append("changes", [entry]);
    }
    if (outcome.kind === "changed") {
      this.#tally.processed++;
      this.#tally.updated++;
    }
    if (outcome.kind === "failed") {
      this.#tally.failed++;
      if (outcome.badData) this.#tally.validationErrors += outcome.failures.length;
      const entries = outcome.failures.map((failure: Failure) => ({ contact_id: learnerId, ...failure }));
      this.#desk.append("failures", entries);
    }
  }

  /** Flags of what has no file any more, which are left as they are. */
  #countUnknown(progress: Progress): void {
    const { catalog, revokeUnknown } = this.#work.policy;
    if (!revokeUnknown) this.#tally.unknownLeft += unknownFlags(catalog, progress);
  }

  #countRight(): void {
    this.#tally.processed++;
    if (this.#work.options.skipSynced) this.#tally.skippedSynced++;
  }

  #commit(done: boolean): void | Promise<void> {
    const tally = this.#tally;
    this.#tally = emptyTally();
    return this.#desk.commit({ position: this.#position, tally, done, left: intentsLeft(this.#desk, this.#intended) });
  }
}
