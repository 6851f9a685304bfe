import { AppError } from "../../model/errors.ts";
import type { LearnerId } from "../../model/learner.ts";
import type { Log } from "../../process/log.ts";
import type { LearnerItems } from "../../store/learner-items.ts";
import type { Store } from "../../store/store.ts";
import { alone, type FoundGroup, findGroup, type Group, isSameGroup } from "../identity/find-group.ts";
import { joinedStore } from "../identity/joined-store.ts";
import type { KnownGroups } from "../identity/known-groups.ts";
import { type DeletedItems, deleteItems } from "./delete-items.ts";
import { watchWrites } from "./watch-writes.ts";

type Dependencies = {
  store: Store;
  log: Pick<Log, "info">;
  /** Settles an id anew that may have been given flags by the facts of other ids than are the learner's now. */
  resettle: (learnerId: LearnerId) => Promise<void>;
  /** What the process remembers of who is linked with whom. */
  known?: KnownGroups;
};

/** The ids of the learner are others than those that the work was begun with. */
class OtherGroup extends Error {}

/** Each change means that ids of the learner were linked or parted meanwhile, so this many in a row is a storm. */
const MAX_ROUNDS = 6;

/**
 * Runs what writes items of a learner, and takes away what it wrote where the learner has been deleted.
 *
 * A deletion puts the tombstone and then deletes until it finds nothing. A writer looks for the tombstone after its last
 * write has come to its end, because then one of the two always sees the other:
 *
 *   t1 A writes m1    t2 A looks: none    t3 B puts the tombstone   t4 B deletes m1
 *   t1 B puts the tombstone   t2 B deletes all   t3 A writes m1   t4 A looks: deleted   t5 A deletes m1
 *
 * A look beside the write or before it would leave m1 behind:
 *
 *   t1 A looks: none   t2 B puts the tombstone   t3 B deletes all   t4 A writes m1
 *
 * The same look tells which other ids are this learner's. Where they are not those that the work was done with, it is
 * done once more, with those: it is the same work, and adds nothing twice. So an event and a link find each other, too:
 *
 *   t1 A writes m1    t2 A looks: alone    t3 B links, and reads m1   t4 B flags the course
 *   t1 B links   t2 B reads all, without m1   t3 A writes m1   t4 A looks: linked   t5 A reads all, and flags the course
 *
 * Events set flags and clear none. So whoever has set one by the facts of too few ids has the learner settled anew:
 *
 *   t1 A writes m1, and reads: alone   t2 B links an id under which m1 is void, and finds nothing to clear
 *   t3 A flags the course              t4 A looks: linked   t5 A settles both as one, and clears the course
 *
 * Test: links.interleavings, "Links, withdrawals, events and backfills at once".
 *
 * Two things remain for others. A writer that dies between its write and its look leaves what it wrote to the repetition
 * of the event, which nobody has answered, to a second deletion, or to a backfill. And who lets a learner return while
 * an event is under way (t1 A looks: deleted   t2 the tombstone goes   t3 C writes m2   t4 A deletes m2) loses what came
 * in that moment.
 * Proof: deletions.interleavings.test.ts, links.interleavings.test.ts.
 * @param write gets a store that knows when it has last written, and the learner's ids as far as they are known
 * @returns "deleted" where the learner has been deleted; nothing that was written is left then
 * @throws AppError STORE_UNAVAILABLE when it cannot be told whether the learner is deleted; and what `write` throws
 */
export async function unlessDeleted<T>(
  { store, log, resettle, known }: Dependencies,
  learnerId: LearnerId,
  write: (store: Store, group: Group) => Promise<T>,
): Promise<T | "deleted"> {
  let group = known?.get(learnerId) ?? alone(learnerId);
  for (let round = 1; round <= MAX_ROUNDS; round++) {
    const presumed = group;
    const { written, looked, hasFlagged } = await writeAndLook(store, learnerId, presumed, write);
    if (looked.status === "fulfilled") await takeAwayFrom({ store, log }, presumed, looked.value);
    const seen = seenBy(written, looked);
    known?.keep(learnerId, seen);
    if (seen.deleted.has(learnerId)) return "deleted";
    if (written.status === "fulfilled" && isSameGroup(seen, presumed)) return written.value;
    group = seen;
    const parted = presumed.ids.filter((id) => !seen.ids.includes(id));
    for (const id of hasFlagged ? [...parted, learnerId] : parted) await resettle(id);
  }
  throw new AppError(
    "STORE_UNAVAILABLE",
    "Ids of this learner are being linked at this moment. Send the request again: that is safe.",
  );
}

/** What a look has seen. @throws what failed, but for work that was begun with other ids */
function seenBy(written: PromiseSettledResult<unknown>, looked: PromiseSettledResult<FoundGroup>): FoundGroup {
  // It is to be sent again, because a write that failed may still be on its way.
  if (written.status === "rejected" && !(written.reason instanceof OtherGroup)) throw written.reason;
  if (looked.status === "rejected") throw looked.reason;
  return looked.value;
}

async function writeAndLook<T>(
  store: Store,
  learnerId: LearnerId,
  presumed: Group,
  write: (store: Store, group: Group) => Promise<T>,
) {
  // Nothing is to be derived from the facts of some of the ids alone.
  const check = (seen: Group) => {
    if (!isSameGroup(seen, presumed)) throw new OtherGroup();
  };
  const watch = watchWrites(joinedStore(store, learnerId, presumed), () => findGroup(store, learnerId), check);
  const [written] = await Promise.allSettled([write(watch.store, presumed)]);
  const [looked] = await Promise.allSettled([watch.lookAfterLastWrite()]);
  return { written, looked, hasFlagged: watch.hasFlagged() };
}

/** Takes away what may have been written of those among a learner's ids who are deleted. */
async function takeAwayFrom(
  context: { store: Store; log: Pick<Log, "info"> },
  { ids }: Group,
  { asked, deleted }: FoundGroup,
): Promise<void> {
  for (const id of ids) {
    const isDeleted = asked.has(id) ? deleted.has(id) : (await context.store.identity(id)).deletedAt !== undefined;
    if (isDeleted) await takeAway(context, id);
  }
}

/** Takes away what is stored of a deleted learner. */
export async function takeAway(
  { store, log }: { store: LearnerItems; log: Pick<Log, "info"> },
  learnerId: LearnerId,
): Promise<DeletedItems> {
  const items = await deleteItems(store, learnerId);
  if (items.progress + items.records > 0) log.info("Items of a deleted learner were taken away", items);
  return items;
}
