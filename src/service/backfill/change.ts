import type { Ratio } from "../../completion/completion.ts";
import type { FlagChange } from "../../completion/settle.ts";
import type { EntityRef, FlaggedType } from "../../model/entity.ts";
import { CLEARED, flagAttributes, flagAttributesOf, type Item } from "../../store/items.ts";

/** One flag that a run changed, or would change, as backfill-changes.json has it. */
export type ChangeRecord = EntityRef<FlaggedType> & {
  before: boolean;
  after: boolean;
  completed_at_before: string | null;
  completed_at_after: string | null;
  progress: Ratio;
  /** The flag's attributes as they were stored; null where there was no item. A rollback puts them back. */
  flag_before: Item | null;
  flag_after: Item;
};

export type LearnerChanges = { contact_id: string; changes: ChangeRecord[] };

const timeOf = (flag: Item | null): string | null => (flag?.completed_at as string | undefined) ?? null;

export const changeRecord = (
  { type, slug }: EntityRef<FlaggedType>,
  flagBefore: Item | null,
  flagAfter: Item,
  progress: Ratio,
): ChangeRecord => ({
  type,
  slug,
  before: flagBefore?.completed === true,
  after: flagAfter.completed === true,
  completed_at_before: timeOf(flagBefore),
  completed_at_after: timeOf(flagAfter),
  progress,
  flag_before: flagBefore,
  flag_after: flagAfter,
});

export const recordOf = ({ entity, after, progress }: FlagChange, was: Item | undefined): ChangeRecord =>
  changeRecord(entity, was ? flagAttributesOf(was) : null, after ? flagAttributes(after) : CLEARED, progress);
