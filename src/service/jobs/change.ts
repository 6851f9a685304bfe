import { isDeepStrictEqual } from "node:util";
import type { Ratio } from "../../completion/completion.ts";
import { type FlagChange, placeOf } from "../../completion/settle.ts";
import { type SnakeKeys, snakeKeys } from "../../model/case.ts";
import { type EntityRef, entityKey } from "../../model/entity.ts";
import type { LearnerId } from "../../model/learner.ts";
import { flagAttributesAfter, flagAttributesOf, type Item, marksToKeep } from "../../store/items.ts";

/** One flag that a run changed, or would change, as backfill-changes.json has it. */
export type ChangeRecord = EntityRef & {
  before: boolean;
  after: boolean;
  completed_at_before: string | null;
  completed_at_after: string | null;
  /** Of a flag that ends, or did. */
  expires_at_before?: string | null;
  expires_at_after?: string | null;
  /** How many terms were completed with a flag from the second on. */
  term_before?: number;
  term_after?: number;
  /** Where a completion that stood has expired by the time of the run: its content says only now how long it holds. */
  expired_at_once?: true;
  progress: SnakeKeys<Ratio>;
  /** The flag's attributes as they were stored; null where there was no item. A rollback puts them back. */
  flag_before: Item | null;
  flag_after: Item;
  /** Marks that the item took over as its flag changed. A rollback takes them out again. */
  marks_added?: string[];
};

/** `marked` are items at which a decision of the run is noted, and whose flags are as before; `ids` those of a learner who has several. */
export type LearnerChanges = {
  contact_id: LearnerId;
  ids?: readonly LearnerId[];
  changes: ChangeRecord[];
  marked?: ChangeRecord[];
};

const timeOf = (flag: Item | null): string | null => (flag?.completed_at as string | undefined) ?? null;

const isFlagged = (flag: Item | null): boolean => flag?.completed === true;
const expiryOf = (flag: Item | null): string | null => (flag?.expires_at as string | undefined) ?? null;
const termOf = (flag: Item | null): number => (isFlagged(flag) ? Number(flag?.term ?? 1) : 0);

/** What a change says of terms; nothing where a flag never ends. */
function termsOf(before: Item | null, after: Item): Partial<ChangeRecord> {
  const [expiredBefore, expiredAfter] = [expiryOf(before), expiryOf(after)];
  const isOfTerms = [expiredBefore, expiredAfter, before?.term, after.term].some((one) => one != null);
  if (!isOfTerms) return {};
  const isOver = expiredAfter !== null && expiredAfter <= String(after.recorded_at);
  return {
    expires_at_before: expiredBefore,
    expires_at_after: expiredAfter,
    term_before: termOf(before),
    term_after: termOf(after),
    ...(isFlagged(before) && expiredBefore === null && isOver && { expired_at_once: true as const }),
  };
}

const changeRecord = (
  { type, slug }: EntityRef,
  flagBefore: Item | null,
  flagAfter: Item,
  progress: ChangeRecord["progress"],
): ChangeRecord => ({
  type,
  slug,
  before: flagBefore?.completed === true,
  after: flagAfter.completed === true,
  completed_at_before: timeOf(flagBefore),
  completed_at_after: timeOf(flagAfter),
  ...termsOf(flagBefore, flagAfter),
  progress,
  flag_before: flagBefore,
  flag_after: flagAfter,
});

export function recordOf(change: FlagChange, was: Item | undefined): ChangeRecord {
  const place = placeOf(change);
  const after = flagAttributesAfter(change.after, was);
  const marks = place.type === "module" && was ? marksToKeep(was, after) : undefined;
  return {
    ...changeRecord(place, was ? flagAttributesOf(was) : null, after, snakeKeys(change.progress)),
    ...(marks && { marks_added: [...marks] }),
  };
}

/** That a decision is noted at an item whose flag stays as it is; no mark comes with that, and so a rollback takes none out. */
export function markRecord(place: EntityRef, was: Item | undefined, decidedBy: string): ChangeRecord {
  const before = was ? flagAttributesOf(was) : null;
  const progress = { completed: 0, total: 0, needed: 0, short_by: 0 };
  const after = { ...before, decided_by: decidedBy };
  return { ...changeRecord(place, before, after, progress), ...(place.type === "module" && { marks_added: [] }) };
}

/** Two changes of one flag as one; the first counts only where the second began with what it made. */
export function joined(first: ChangeRecord | undefined, second: ChangeRecord): ChangeRecord {
  if (!first || !isDeepStrictEqual(first.flag_after, second.flag_before)) return second;
  const marks = [...(first.marks_added ?? []), ...(second.marks_added ?? [])];
  return {
    ...changeRecord(second, first.flag_before, second.flag_after, second.progress),
    ...(marks.length > 0 && { marks_added: marks }),
  };
}

/** What an interrupted run meant to change since its last checkpoint, by learner and entity key. */
export function intendedBefore(intents: Iterable<LearnerChanges>): Map<LearnerId, Map<string, ChangeRecord>> {
  const byLearner = new Map<LearnerId, Map<string, ChangeRecord>>();
  for (const { contact_id, changes } of intents) {
    const byEntity = byLearner.get(contact_id) ?? new Map<string, ChangeRecord>();
    byLearner.set(contact_id, byEntity);
    for (const change of changes) byEntity.set(entityKey(change), joined(byEntity.get(entityKey(change)), change));
  }
  return byLearner;
}

/** What was announced of learners who still are among those of whom something was intended. */
export const intentsLeft = ({ intents }: { intents: readonly unknown[] }, intended: ReadonlyMap<LearnerId, unknown>) =>
  intended.size === 0
    ? []
    : (intents as readonly LearnerChanges[]).filter(({ contact_id }) => intended.has(contact_id));
