import { setTimeout as sleep } from "node:timers/promises";
import type { FlagChange } from "../completion/settle.ts";
import { entityKey } from "../model/entity.ts";
import { AppError } from "../model/errors.ts";
import type { LearnerId } from "../model/learner.ts";
import { type Progress, sameFlag } from "../model/progress.ts";
import type { Reading } from "../store/items.ts";
import type { Store } from "../store/store.ts";

/** Each lost write means that another one got through, so this many in a row is a storm. */
const MAX_ROUNDS = 12;
const BACKOFF_MS = 15;

type Derived<T> = { changes: FlagChange[]; result: T };

/**
 * Reads a learner, derives what must change, and writes it; again while another writer is faster. When it returns,
 * the stored flags are what `derive` makes of facts that include every fact recorded before the call.
 * @throws AppError STORE_UNAVAILABLE when the store fails or others keep writing
 */
export async function settleLearner<T>(
  store: Store,
  learnerId: LearnerId,
  derive: (progress: Progress, reading: Reading) => Derived<T>,
): Promise<T> {
  let previous: Progress | undefined;
  for (let round = 1; round <= MAX_ROUNDS; round++) {
    const reading = await store.read(learnerId);
    const { changes, result } = derive(reading.progress, reading);
    const provenChanges = changes.filter((change) => isProven(change, previous));
    const outcome = await writeFlags(store, learnerId, reading, provenChanges);
    const done = outcome === "written" && provenChanges.length === changes.length;
    if (done && !changes.some(({ after }) => after === undefined)) return result;
    previous = reading.progress;
    if (outcome === "lost") await sleep(Math.random() * BACKOFF_MS * round);
  }
  throw new AppError(
    "STORE_UNAVAILABLE",
    "Too many events of this learner arrive at once. Send the request again: that is safe.",
  );
}

/**
 * A Query is no snapshot: it reads one item after the other, in order of their keys. Courses come before modules, so
 * a course's flag is never newer than the facts beside it. A pathway's is read last, and may rest on facts that this
 * Query was too early for: to move or clear it takes facts that were read after it, in a second Query.
 */
function isProven({ entity, before }: FlagChange, previous: Progress | undefined): boolean {
  if (entity.type === "course" || before === undefined) return true;
  return sameFlag(previous?.pathway.get(entity.slug)?.flag, before);
}

/** Courses first, since a pathway's flag rests on theirs; those of one kind side by side. */
async function writeFlags(
  store: Store,
  learnerId: LearnerId,
  { items }: Reading,
  changes: readonly FlagChange[],
): Promise<"written" | "lost"> {
  for (const type of ["course", "pathway"] as const) {
    const outcomes = await Promise.all(
      changes
        .filter(({ entity }) => entity.type === type)
        .map(({ entity, after }) => store.setFlag(learnerId, entity, after, items.get(entityKey(entity)))),
    );
    if (outcomes.includes("lost")) return "lost";
  }
  return "written";
}
