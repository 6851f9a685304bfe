import type { LearnerId } from "../../model/learner.ts";
import type { Item } from "../../store/items.ts";
import type { Store } from "../../store/store.ts";
import type { ChangeRecord, LearnerChanges } from "./change.ts";
import { type GivenGrades, gradesGiven, takeBackGrades } from "./regrade/take-back-grades.ts";
import { emptyRollbackTally, type NotUndone, type RollbackMode, type RollbackTally } from "./rollback-tally.ts";
import type { SegmentDesk } from "./segment-desk.ts";
import { flagNow, isAsBefore, undoChange } from "./undo-change.ts";

/** Where an entry of a run's changes is: in which of its parts, and where in that. */
export type EntryPosition = { part: number; offset: number };

/** What a run did to one learner, where that is written, where the next entry is, and how long this one is. */
export type PlacedEntry = { entry: LearnerChanges; at: EntryPosition; next: EntryPosition; bytes: number };

/** What a rollback works on, whichever segment it is at. */
export type RollbackWork = {
  store: Store;
  mode: RollbackMode;
  /** The name of a regrade, whose grades go back, too. */
  regrade?: string | undefined;
  /** The entries of the segment, from a position on. */
  entries: (from: EntryPosition | null) => AsyncIterable<PlacedEntry>;
};

/**
 * What was found of a learner before the first write: grades that the run gave, and which changes were as before it already.
 * Whoever goes on after a crash counts by it, and so counts what the one before did as done.
 */
type Found = { at: string; grades: number; already: number[] };

type Undoing = { learnerId: LearnerId; changes: ChangeRecord[]; counted: number; seen: Item[]; grades: GivenGrades[] };
type Outcome = { left: NotUndone[]; undone: number; already: number; grades: number };

/** Entries that are in hand together. */
const BATCH = 64;
const textOf = ({ part, offset }: EntryPosition): string => `${part}-${offset}`;

/** One segment of a run's changes: gives every flag in it its former attributes, where it still is what the run made it. */
export class RollbackSegment {
  readonly #work: RollbackWork;
  readonly #desk: SegmentDesk<RollbackTally, EntryPosition>;
  readonly #found: Map<string, Found>;

  constructor(work: RollbackWork, desk: SegmentDesk<RollbackTally, EntryPosition>) {
    this.#work = work;
    this.#desk = desk;
    this.#found = new Map((desk.intents as readonly Found[]).map((found) => [found.at, found]));
  }

  async work(): Promise<void> {
    const { signal, position } = this.#desk;
    let batch: PlacedEntry[] = [];
    for await (const placed of this.#work.entries(position)) {
      if (signal.aborted) return;
      batch.push(placed);
      if (batch.length < BATCH) continue;
      await this.#take(batch, false);
      batch = [];
    }
    if (!signal.aborted) await this.#take(batch, true);
  }

  async #take(batch: readonly PlacedEntry[], done: boolean): Promise<void> {
    const undone = await Promise.allSettled(batch.map((placed) => this.#desk.limit(() => this.#undo(placed))));
    const failed = undone.find((result) => result.status === "rejected");
    if (failed) throw failed.reason;
    const tally = emptyRollbackTally();
    // In the order of the run's changes, so that the files of two equal rollbacks are equal.
    for (const [index, result] of undone.entries()) {
      if (result.status === "rejected") continue;
      const { left, ...counts } = result.value;
      this.#desk.append("failures", left);
      tally.undone += counts.undone;
      tally.already += counts.already;
      tally.grades += counts.grades;
      tally.notUndone += left.length;
      tally.processed++;
      tally.itemsRead += batch[index]?.bytes ?? 0;
    }
    for (const { at } of batch) this.#found.delete(textOf(at));
    const position = batch.at(-1)?.next ?? this.#desk.position;
    await this.#desk.commit({ position, tally, done, left: [...this.#found.values()] });
  }

  async #undo({ entry, at }: PlacedEntry): Promise<Outcome> {
    const undoing = await this.#look(entry);
    const found = this.#found.get(textOf(at)) ?? (await this.#announce(textOf(at), undoing));
    const { mode } = this.#work;
    const left: NotUndone[] = [];
    for (const given of undoing.grades) left.push(...(await takeBackGrades(this.#work.store, mode, given)));
    const outcome = { left, undone: 0, already: 0, grades: mode === "verify" ? 0 : found.grades };
    for (const [index, change] of undoing.changes.entries())
      await this.#undoOne(undoing, { index, change, found }, outcome);
    return outcome;
  }

  async #undoOne(
    { learnerId, counted, seen }: Undoing,
    { index, change, found }: { index: number; change: ChangeRecord; found: Found },
    outcome: Outcome,
  ): Promise<void> {
    const { store, mode } = this.#work;
    const became = await undoChange(store, { learnerId, change, mode }, seen[index] ?? {});
    if (typeof became === "object") {
      const { type, slug } = change;
      outcome.left.push({ contact_id: learnerId, type, slug, reason: became.reason });
    } else if (index < counted) outcome[found.already.includes(index) ? "already" : "undone"]++;
  }

  /** A change that only notes a run at an item is undone, and is not counted as a flag. */
  async #look({ contact_id: learnerId, ids = [learnerId], changes, marked = [] }: LearnerChanges): Promise<Undoing> {
    const { store, regrade } = this.#work;
    const grades: GivenGrades[] = [];
    if (regrade !== undefined) for (const id of ids) grades.push(await gradesGiven(store, regrade, id));
    const all = [...changes, ...marked];
    const seen: Item[] = [];
    for (const change of all) seen.push(await flagNow(store, learnerId, change));
    return { learnerId, changes: all, counted: changes.length, seen, grades };
  }

  async #announce(at: string, { changes, seen, grades }: Undoing): Promise<Found> {
    const already = changes.flatMap((change, index) => (isAsBefore(seen[index] ?? {}, change) ? [index] : []));
    const found = { at, grades: grades.reduce((sum, { decisions }) => sum + decisions.length, 0), already };
    const isNothing = found.grades === 0 && already.length === changes.length;
    if (this.#work.mode === "write" && !isNothing) await this.#desk.announce(found);
    return found;
  }
}
