import { setTimeout as sleep } from "node:timers/promises";
import { FLAG_ORDER, type FlagChange } from "../../completion/settle.ts";
import { entityKey } from "../../model/entity.ts";
import { AppError } from "../../model/errors.ts";
import type { LearnerId } from "../../model/learner.ts";
import { type Progress, sameFlag } from "../../model/progress.ts";
import { flagAttributes, type Item, type Reading } from "../../store/items.ts";
import type { Store } from "../../store/store.ts";

/** Each lost write means that another one got through, so this many in a row is a storm. */
const MAX_ROUNDS = 12;
const BACKOFF_MS = 15;

type Derived<T> = { changes: FlagChange[]; result: T };

/** A flag that was written: what the item was before, and the flag that it has now. */
export type WrittenFlag = { change: FlagChange; was: Item | undefined };

export type Settled<T> = { result: T; written: WrittenFlag[] };

/**
 * Reads a learner, derives what must change, and writes it; again while another writer is faster. When it returns,
 * the stored flags are what `derive` makes of facts that include every fact recorded before the call.
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
  let due: Derived<T> | undefined;
  for (let round = 1; round <= MAX_ROUNDS; round++) {
    const reading = await store.read(learnerId);
    const derived = derive(reading);
    const { changes } = derived;
    // A result tells how each event left things, and a later look sees only how the last one did: so the first result
    // stands while a look finds just what was left to do.
    const result = due && sameChanges(due.changes, changes) ? due.result : derived.result;
    const proven = changes
      .filter((change) => isProven(change, previous))
      .map((change) => ({ change, was: reading.items.get(entityKey(change.entity)) }));
    await announce(proven, result);
    const held = await writeFlags(store, learnerId, proven);
    const fallen = await takeBackFallen(store, learnerId, held, reading.progress);
    const standing = held.filter((flag) => !fallen.includes(flag));
    written.push(...standing);
    const isSettled = standing.length === changes.length;
    if (isSettled && !held.some(({ change }) => isCrossable(change))) return { result, written };
    previous = reading.progress;
    const left = changes.filter((change) => !proven.some((flag) => flag.change === change));
    due = standing.length === proven.length ? { result, changes: left } : undefined;
    if (held.length < proven.length) await sleep(Math.random() * BACKOFF_MS * round);
  }
  throw new AppError(
    "STORE_UNAVAILABLE",
    "Too many events of this learner arrive at once. Send the request again: that is safe.",
  );
}

const sameChanges = (some: readonly FlagChange[], others: readonly FlagChange[]): boolean =>
  some.length === others.length &&
  some.every(({ entity, after }) =>
    others.some((other) => entityKey(other.entity) === entityKey(entity) && sameFlag(other.after, after)),
  );

/**
 * A Query is no snapshot: it reads one item after the other, in order of their keys. Courses come before modules, so
 * a course's flag is never newer than the facts beside it; a module's flag and facts are one item. A pathway's is read last, and may rest on facts that this
 * Query was too early for: to move or clear it takes facts that were read after it, in a second Query.
 */
function isProven({ entity, before }: FlagChange, previous: Progress | undefined): boolean {
  if (entity.type !== "pathway" || before === undefined) return true;
  return sameFlag(previous?.pathway.get(entity.slug)?.flag, before);
}

/**
 * A flag whose writer looks once more, since another writer may have judged by what was there before, and have written
 * under another key. Facts are recorded before anyone reads; but a claim is not, and where it moves the time of a module
 * or course, an event in between settles what holds it by the old one. So the claim looks for such a holder, and who
 * moves a holder looks for such a claim: whichever is later finds the other. An event that sees a flag before it is
 * cleared sets none.
 */
function isCrossable({ entity, before, after }: FlagChange): boolean {
  if (after === undefined) return true;
  const isMovedHolder = entity.type !== "module" && before !== undefined;
  const isClaimed = entity.type !== "pathway" && after.claimedAt !== before?.claimedAt;
  return isMovedHolder || isClaimed;
}

/**
 * Each kind after those that its flags rest on; those of one kind side by side.
 * @returns the writes that held; after one that did not, none follows
 */
async function writeFlags(
  store: Store,
  learnerId: LearnerId,
  flags: readonly WrittenFlag[],
): Promise<readonly WrittenFlag[]> {
  const held: WrittenFlag[] = [];
  for (const type of FLAG_ORDER) {
    const some = flags.filter(({ change }) => change.entity.type === type);
    const outcomes = await Promise.all(
      some.map(({ change, was }) => store.setFlag(learnerId, change.entity, change.after, was)),
    );
    held.push(...some.filter((_, index) => outcomes[index] === "written"));
    if (outcomes.includes("lost")) break;
  }
  return held;
}

/**
 * What holds entries may rest on an entry's flag that the facts do not bear out, and a backfill may have cleared that
 * flag since it was read. The backfill looks once more after it has, and here it is looked for: whichever is later finds the other.
 * @returns the flags that were put back to what they were
 */
async function takeBackFallen(
  store: Store,
  learnerId: LearnerId,
  held: readonly WrittenFlag[],
  before: Progress,
): Promise<readonly WrittenFlag[]> {
  const resting = held.filter(({ change }) => change.restsOn !== undefined);
  if (resting.length === 0) return [];
  const { progress: now } = await store.read(learnerId);
  const fallen = resting.filter(({ change: { restsOn = [] } }) =>
    restsOn.some(({ type, slug }) => !sameFlag(before[type].get(slug)?.flag, now[type].get(slug)?.flag)),
  );
  for (const { change } of fallen)
    await store.setFlag(learnerId, change.entity, change.before, change.after && flagAttributes(change.after));
  return fallen;
}
