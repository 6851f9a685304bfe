import { setTimeout as sleep } from "node:timers/promises";
import { type FlagChange, placeOf } from "../../completion/settle.ts";
import { backOffMs } from "../../model/back-off.ts";
import { entityKey } from "../../model/entity.ts";
import { AppError } from "../../model/errors.ts";
import type { LearnerId } from "../../model/learner.ts";
import { type Progress, sameFlag } from "../../model/progress.ts";
import type { Reading } from "../../store/items.ts";
import type { Store } from "../../store/store.ts";
import { isReadBesideItsFacts, mustLookAgain } from "./second-look.ts";
import { takeBackUnsupported } from "./take-back-unsupported.ts";
import { type WrittenFlag, writeFlags } from "./write-flags.ts";

/** Each lost write means that another one got through, so this many in a row is a storm. */
const MAX_ROUNDS = 12;
const BACK_OFF = { firstMs: 15, longestMs: 180 };

/** `isTorn`: what was read does not belong together, and another reading will. */
type Derived<T> = { changes: FlagChange[]; result: T; isTorn?: boolean };

/** `progress`: as it was read last. */
export type Settled<T> = { result: T; written: WrittenFlag[]; progress: Progress };

/**
 * Reads a learner, derives what must change, and writes it; again while another writer is faster. When it returns,
 * the stored flags are what `derive` makes of facts that include every fact recorded before the call.
 *
 * The read follows the caller's write, because of two concurrent events the later one must see both facts:
 *   t1 A writes m1   t2 B writes m2   t3 B reads m1, m2 and flags the course   t4 A reads both and finds it flagged
 * Test: ingest.interleavings, "the last of a course and the last of its pathway".
 * @param announce told of the flags of each round before they are written
 * @throws AppError STORE_UNAVAILABLE when the store fails or others keep writing
 */
export async function settleLearner<T>(
  store: Store,
  learnerId: LearnerId,
  derive: (reading: Reading) => Derived<T>,
  announce: (flags: readonly WrittenFlag[], result: T) => void | Promise<void> = () => {},
): Promise<Settled<T>> {
  const written: WrittenFlag[] = [];
  let previous: Progress | undefined;
  let expected: Derived<T> | undefined;
  let hasReadAgain = false;
  for (let round = 1; round <= MAX_ROUNDS; round++) {
    const reading = await store.read(learnerId);
    const derived = derive(reading);
    // What a flag rests on was stored before it, so a second reading has it. What is not there then is not there at all.
    if (derived.isTorn && !hasReadAgain) {
      hasReadAgain = true;
      previous = reading.progress;
      continue;
    }
    const result = resultOf(derived, expected);
    const due = derived.changes
      .filter((change) => isReadBesideItsFacts(change, previous))
      .map((change) => ({ change, was: reading.items.get(entityKey(placeOf(change))) }));
    await announce(due, result);
    const held = await writeFlags(store, learnerId, due);
    const standing = await takeBackUnsupported(store, learnerId, held, reading.progress);
    written.push(...standing);
    if (standing.length === derived.changes.length && !held.some(mustLookAgain))
      return { result, written, progress: reading.progress };

    previous = reading.progress;
    const left = derived.changes.filter((change) => !due.some((flag) => flag.change === change));
    expected = standing.length === due.length ? { result, changes: left } : undefined;
    if (held.length < due.length) await sleep(backOffMs(round, BACK_OFF));
  }
  throw new AppError(
    "STORE_UNAVAILABLE",
    "Too many events of this learner arrive at once. Send the request again: that is safe.",
  );
}

/**
 * The result of an earlier round stands while a later one finds just what that one left to do. A result tells how each
 * event of a batch left things, and a later round judges all of them beside the flags that the last one set:
 *   t1 round 1 refuses a claim, and sets the flag that a later event of the batch earns
 *   t2 round 2 reads that flag, and would accept the claim
 * Test: ingest.properties.
 */
const resultOf = <T>(derived: Derived<T>, expected: Derived<T> | undefined): T =>
  expected && sameChanges(expected.changes, derived.changes) ? expected.result : derived.result;

const sameChanges = (some: readonly FlagChange[], others: readonly FlagChange[]): boolean =>
  some.length === others.length &&
  some.every(({ entity, after }) =>
    others.some((other) => entityKey(other.entity) === entityKey(entity) && sameFlag(other.after, after)),
  );
