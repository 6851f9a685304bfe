import { isDeepStrictEqual } from "node:util";
import pLimit from "p-limit";
import { flagAttributesOf, type Item } from "../../store/items.ts";
import type { Store } from "../../store/store.ts";
import type { ChangeRecord, LearnerChanges } from "./change.ts";

/** `verify` asks whether everything is as it was before the run; `dry-run` what a rollback would do. */
export type RollbackMode = "write" | "dry-run" | "verify";

/** A flag that is not, or would not be, as it was before the run. */
export type NotUndone = { contact_id: string; type: string; slug: string; reason: string };

export type RollbackTally = {
  /** Flags that went back, or would. */
  undone: number;
  /** Flags that already were as before the run. */
  already: number;
  notUndone: number;
};

const MAX_TRIES = 5;
const IN_HAND = 64;

type Options = {
  /** Told of each flag that cannot go back, with the reason. */
  onNotUndone: (entry: NotUndone) => void;
  /** Stops after the flags in hand. */
  signal: AbortSignal;
  /** What of an id of a learner goes back before the flags do. @returns what does not */
  first?: (learnerId: string) => Promise<NotUndone[]>;
};

/**
 * Gives every flag of a run its former attributes, each only where it still is what the run made it.
 * @param entries the run's changes
 */
export async function runRollback(
  store: Store,
  entries: AsyncIterable<LearnerChanges>,
  mode: RollbackMode,
  { onNotUndone, signal, first }: Options,
): Promise<RollbackTally> {
  const tally: RollbackTally = { undone: 0, already: 0, notUndone: 0 };
  const limit = pLimit(IN_HAND / 2);
  const inHand = new Set<Promise<void>>();
  const leave = (entry: NotUndone) => {
    tally.notUndone++;
    onNotUndone(entry);
  };
  const undo = async (learnerId: string, change: ChangeRecord, isCounted: boolean) => {
    const outcome = await undoChange(store, learnerId, change, mode);
    if (outcome !== "undone" && outcome !== "already")
      leave({ contact_id: learnerId, type: change.type, slug: change.slug, reason: outcome.reason });
    else if (isCounted) tally[outcome]++;
  };
  const undoFirst = async (learnerId: string) => {
    for (const entry of (await first?.(learnerId)) ?? []) leave(entry);
  };

  for await (const { contact_id, ids = [contact_id], changes, marked = [] } of entries) {
    if (signal.aborted) break;
    const task = limit(async () => {
      for (const id of ids) await undoFirst(id);
      for (const change of changes) await undo(contact_id, change, true);
      for (const change of marked) await undo(contact_id, change, false);
    }).finally(() => inHand.delete(task));
    // Somebody waits for all of them below; until then a failure must not count as unhandled.
    task.catch(() => {});
    inHand.add(task);
    if (inHand.size >= IN_HAND) await Promise.race(inHand);
  }
  await Promise.all(inHand);
  return tally;
}

async function undoChange(
  store: Store,
  learnerId: string,
  change: ChangeRecord,
  mode: RollbackMode,
): Promise<"undone" | "already" | { reason: string }> {
  const { type, slug, flag_before: before } = change;
  for (let attempt = 1; attempt <= MAX_TRIES; attempt++) {
    const item = await store.readItem(learnerId, { type, slug });
    const flag = item ? flagAttributesOf(item) : {};
    const found = lookAt(flag, change);
    if (found === "already") return found;
    const reason = reasonToLeave(found, mode, flag);
    if (reason !== undefined) return { reason };
    if (mode === "dry-run") return "undone";
    const marks = found === "noted" ? [] : change.marks_added;
    const outcome = await store.restoreFlag(learnerId, { type, slug }, before, withMarks(flag, marks));
    if (outcome === "written") return "undone";
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
