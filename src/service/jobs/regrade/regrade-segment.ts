import { slugsOf } from "../../../completion/resolve-progress.ts";
import { entityKey } from "../../../model/entity.ts";
import type { LearnerId } from "../../../model/learner.ts";
import { errorDetails } from "../../../process/log.ts";
import type { ScannedLearner, ScannedPage, Scanner, ScanPosition } from "../../../store/scanner.ts";
import type { Store } from "../../../store/store.ts";
import { takeAway, unlessDeleted } from "../../deletion/late-writes.ts";
import { findGroup, type Group } from "../../identity/find-group.ts";
import { joinedStore } from "../../identity/joined-store.ts";
import { resettle } from "../../identity/resettle.ts";
import { ahead } from "../ahead.ts";
import { type ChangeRecord, intendedBefore, intentsLeft } from "../change.ts";
import type { SegmentDesk } from "../segment-desk.ts";
import { type Failure, isOfTheStore } from "../settle-for-run.ts";
import { type RegradeChanges, whoseOf } from "./regrade-changes.ts";
import { BadItems, type Regraded, regradeLearner } from "./regrade-learner.ts";
import type { RegradePolicy } from "./regrade-policy.ts";
import { countRegraded, emptyRegradeTally, type RegradeTally } from "./regrade-tally.ts";

/** Who is deleted is counted by the summary, and so nobody needs to log it. */
const QUIET = { info() {} };

/** `entry` has what was done, or was about to be done, when it failed. */
type Failed = { failures: Failure[]; badData: boolean; entry?: RegradeChanges };
/** `elsewhere`: the learner is graded where the scan comes to another of the learner's ids. */
type Outcome = Regraded | "deleted" | "elsewhere" | Failed;

/** What a regrade works on, whichever segment it is at. */
export type RegradeWork = { store: Store; scanner: Scanner; segments: number; policy: RegradePolicy };

/** One segment of the table: scans it, and grades page by page the answers of those who have any. */
export class RegradeSegment {
  readonly #work: RegradeWork;
  readonly #desk: SegmentDesk<RegradeTally>;
  readonly #slugs: readonly string[];
  readonly #keys: ReadonlySet<string>;
  readonly #intended: Map<LearnerId, Map<string, ChangeRecord>>;
  #position: ScanPosition | null;

  constructor(work: RegradeWork, desk: SegmentDesk<RegradeTally>) {
    const { catalog, module } = work.policy;
    this.#work = work;
    this.#desk = desk;
    this.#slugs = slugsOf(catalog, { type: "module", slug: module.slug });
    this.#keys = new Set(this.#slugs.map((slug) => entityKey({ type: "module", slug })));
    this.#position = desk.position;
    this.#intended = intendedBefore(desk.intents as readonly RegradeChanges[]);
  }

  async work(): Promise<void> {
    const { scanner, segments } = this.#work;
    const { segment, signal } = this.#desk;
    for await (const page of ahead(scanner.segment(segment, segments, this.#position ?? undefined))) {
      if (signal.aborted || !(await this.#takePage(page))) return;
    }
    await this.#commit(emptyRegradeTally(), true);
  }

  /** @returns false when the run was stopped before all were begun: then nothing is written down but what was meant */
  async #takePage({ learners, itemCount }: ScannedPage): Promise<boolean> {
    const { limit, signal } = this.#desk;
    const answered = learners.filter((learner) => this.#hasResults(learner));
    const graded = await Promise.allSettled(
      answered.map(({ learnerId }) => limit(async () => (signal.aborted ? undefined : this.#grade(learnerId)))),
    );
    const failed = graded.find((result) => result.status === "rejected");
    if (failed) throw failed.reason;
    const outcomes = graded.flatMap((result) => (result.status === "fulfilled" ? (result.value ?? []) : []));
    if (outcomes.length < answered.length) return false;
    const tally = emptyRegradeTally();
    tally.itemsRead = itemCount;
    // In the order of the scan, so that the files of two equal runs are equal.
    for (const [index, outcome] of outcomes.entries()) this.#record(answered[index]?.learnerId ?? "", outcome, tally);
    this.#position = learners.at(-1)?.last ?? this.#position;
    await this.#commit(tally, false);
    return true;
  }

  /** By an eventually consistent read; who answers meanwhile is graded by the quiz of today anyway. */
  #hasResults({ items }: ScannedLearner): boolean {
    return items.some(({ entity, tasks }) => tasks !== undefined && this.#keys.has(String(entity)));
  }

  /**
   * Of ids that links join the first that has answers stands for all of them: they have one learner's flags, and a run that
   * changed these twice could not be undone in one pass.
   */
  async #isFirst({ ids }: Group, learnerId: LearnerId): Promise<boolean> {
    const { store } = this.#work;
    for (const id of ids.slice(0, ids.indexOf(learnerId)))
      for (const slug of this.#slugs)
        if ((await store.readItem(id, { type: "module", slug }))?.tasks !== undefined) return false;
    return true;
  }

  async #grade(scannedId: LearnerId): Promise<Outcome> {
    const { store: sent, policy } = this.#work;
    const group = await findGroup(sent, scannedId);
    if (!(await this.#isFirst(group, scannedId))) return "elsewhere";
    const { learnerId } = group;
    const intended = this.#intended.get(learnerId) ?? new Map<string, ChangeRecord>();
    // Nothing is left of that: a page is committed when all its learners are done, or not at all.
    this.#intended.delete(learnerId);
    const announced: RegradeChanges[] = [];
    const announce = (changes: RegradeChanges) => {
      announced.push(changes);
      return this.#desk.announce(changes);
    };
    const trail = { intended, announce };
    try {
      if (group.deleted.has(learnerId)) {
        if (!policy.dryRun) await takeAway({ store: sent, log: QUIET }, learnerId);
        return "deleted";
      }
      const grade = (store: Store, { ids }: Group) => regradeLearner({ store, sent, ids }, policy, learnerId, trail);
      if (policy.dryRun) return await grade(joinedStore(sent, learnerId, group), group);
      const quiet = { store: sent, log: QUIET };
      const { catalog, recordedAt } = policy;
      const settled = (id: LearnerId) => resettle({ ...quiet, catalog, recordedAt }, id);
      return await unlessDeleted({ ...quiet, resettle: settled }, learnerId, grade);
    } catch (error) {
      if (isOfTheStore(error)) throw error;
      if (error instanceof BadItems) return { failures: error.faults, badData: true };
      const { error: message, cause } = errorDetails(error);
      const failures = [{ entity: null, reason: cause ?? message }];
      if (announced.length === 0) return { failures, badData: false };
      const before = { contact_id: learnerId, changes: [...intended.values()] };
      const changes = [
        ...(intendedBefore([before, ...announced])
          .get(learnerId)
          ?.values() ?? []),
      ];
      const entry = { ...whoseOf(learnerId, group.ids), grades: [], changes, marked: [] };
      return { failures, badData: false, entry };
    }
  }

  #record(learnerId: LearnerId, outcome: Outcome, tally: ReturnType<typeof emptyRegradeTally>): void {
    if (outcome === "elsewhere") return;
    if (outcome === "deleted") {
      tally.deletedPurged++;
      return;
    }
    if ("failures" in outcome) {
      tally.failed++;
      if (outcome.badData) tally.validationErrors += outcome.failures.length;
      const entries = outcome.failures.map((failure) => ({ contact_id: learnerId, ...failure }));
      this.#desk.append("failures", entries);
      if (outcome.entry) this.#desk.append("changes", [outcome.entry]);
      return;
    }
    countRegraded(tally, outcome);
    if (outcome.entry.grades.length > 0) this.#desk.append("changes", [outcome.entry]);
  }

  #commit(tally: RegradeTally, done: boolean): void | Promise<void> {
    return this.#desk.commit({ position: this.#position, tally, done, left: intentsLeft(this.#desk, this.#intended) });
  }
}
