import { isDeepStrictEqual } from "node:util";
import { flagAttributesOf, type Item } from "../../store/items.ts";
import type { Store } from "../../store/store.ts";
import type { ChangeRecord } from "./change.ts";
import type { RollbackMode } from "./rollback-tally.ts";

const MAX_TRIES = 5;

type Undone = "undone" | "already" | { reason: string };

/** What is stored of the flag that a run has changed. */
export async function flagNow(store: Store, learnerId: string, { type, slug }: ChangeRecord): Promise<Item> {
  const item = await store.readItem(learnerId, { type, slug });
  return item ? flagAttributesOf(item) : {};
}

/** Whether there is nothing to undo. */
export const isAsBefore = (flag: Item, change: ChangeRecord): boolean => lookAt(flag, change) === "already";

/**
 * Gives a flag its former attributes, where it still is what the run made it.
 * @param seen the flag as it was seen; where it is another by now, it is looked at again
 */
export async function undoChange(
  store: Store,
  { learnerId, change, mode }: { learnerId: string; change: ChangeRecord; mode: RollbackMode },
  seen: Item,
): Promise<Undone> {
  const { type, slug, flag_before: before } = change;
  let flag = seen;
  for (let attempt = 1; attempt <= MAX_TRIES; attempt++) {
    const found = lookAt(flag, change);
    if (found === "already") return found;
    const reason = reasonToLeave(found, mode, flag);
    if (reason !== undefined) return { reason };
    if (mode === "dry-run") return "undone";
    const marks = found === "noted" ? [] : change.marks_added;
    const outcome = await store.restoreFlag(learnerId, { type, slug }, before, withMarks(flag, marks));
    if (outcome === "written") return "undone";
    flag = await flagNow(store, learnerId, change);
  }
  return { reason: "others keep writing it" };
}

function reasonToLeave(found: "noted" | "made" | "other", mode: RollbackMode, flag: Item): string | undefined {
  if (mode === "verify" && found === "noted") return "the run is still noted at it";
  if (mode === "verify") return `it is not as before the run: ${describe(flag)}`;
  return found === "other" ? `it is no longer what the run made it: ${describe(flag)}` : undefined;
}

/**
 * What a flag is by now: as before the run, also where a later decision has taken the place of what the run noted; as before
 * but for that note; as the run made it; or something else.
 */
function lookAt(
  flag: Item,
  { flag_before: before, flag_after: made }: ChangeRecord,
): "already" | "noted" | "made" | "other" {
  if (isDeepStrictEqual(flag, before ?? {})) return "already";
  if (isDeepStrictEqual(withoutNote(flag), withoutNote(before ?? {})))
    return flag.decided_by === made.decided_by ? "noted" : "already";
  return isDeepStrictEqual(flag, made) ? "made" : "other";
}

const withoutNote = ({ decided_by: _, ...flag }: Item): Item => flag;

const withMarks = (made: Item, marks: readonly string[] | undefined): Item =>
  marks === undefined ? made : { ...made, marks: new Set(marks) };

const describe = ({ completed, completed_at, completion_source, recorded_at }: Record<string, unknown>): string =>
  completed === true
    ? `complete since ${completed_at} (${completion_source}, recorded at ${recorded_at})`
    : "not complete";
