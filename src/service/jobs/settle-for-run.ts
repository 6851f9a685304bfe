import { isDeepStrictEqual } from "node:util";
import type { Catalog } from "../../catalog/catalog.ts";
import { touchedBy } from "../../completion/reach.ts";
import { type FlagChange, placeOf, settle } from "../../completion/settle.ts";
import { entityKey } from "../../model/entity.ts";
import { AppError } from "../../model/errors.ts";
import type { LearnerId } from "../../model/learner.ts";
import type { Timestamp } from "../../model/time.ts";
import { errorDetails } from "../../process/log.ts";
import { flagAttributesOf, type Item, type ItemFault, type Reading } from "../../store/items.ts";
import type { Store } from "../../store/store.ts";
import { takeAway, unlessDeleted } from "../deletion/late-writes.ts";
import { findGroup } from "../identity/find-group.ts";
import { joinedStore } from "../identity/joined-store.ts";
import { resettle } from "../identity/resettle.ts";
import { resolvedReading, resolving } from "../settle/resolving.ts";
import { settleLearner } from "../settle/settle-learner.ts";
import { writeFlags } from "../settle/write-flags.ts";
import { type ChangeRecord, joined, recordOf } from "./change.ts";
import { flagsOf, recordsOf, type Scanned } from "./set-from-scan.ts";

/** How a run settles: the same rules for every learner. */
export type SettlePolicy = {
  catalog: Catalog;
  revoke: boolean;
  /** Clear flags of what has no file any more, too. */
  revokeUnknown: boolean;
  /** The keys of those whose flags are settled; of all that a learner has touched, where it does not say. */
  entities?: ReadonlySet<string> | undefined;
  dryRun: boolean;
  recordedAt: Timestamp;
};

export type Failure = { entity: string | null; reason: string };

/** What a run says of a learner's changes before it writes them, so that a run that goes on knows them. */
export type Trail = {
  /** What an interrupted run meant to change, by entity key. */
  intended: ReadonlyMap<string, ChangeRecord>;
  announce: (changes: ChangeRecord[]) => void | Promise<void>;
};

/** A learner who is to be settled; `scanned` where the flags may be set from what the scan has read. */
export type Candidate = { learnerId: LearnerId; scanned?: Scanned | undefined };

export type RunOutcome =
  | { kind: "right" }
  /** Nothing is derived for who has been deleted; what was left is taken away. */
  | { kind: "deleted" }
  | { kind: "changed"; changes: ChangeRecord[] }
  /** `changes` are those that were made before it failed. */
  | { kind: "failed"; failures: Failure[]; badData: boolean; changes: ChangeRecord[] };

/** What differs between a learner's flags and facts. Nothing is derived from items that cannot be believed. */
export function differencesOf(policy: SettlePolicy, { progress }: Reading): FlagChange[] {
  const { catalog, revoke, revokeUnknown, entities, recordedAt } = policy;
  const scope = entities && touchedBy(catalog, progress).filter((entity) => entities.has(entityKey(entity)));
  const how = { stamp: { source: "backfill", recordedAt } as const, revoke, revokeUnknown };
  return settle(catalog, progress, scope ? { ...how, scope } : how);
}

/** What is taken away is counted by the summary, and so nobody needs to log it. */
const QUIET = { info() {} };

class BadData extends Error {
  readonly faults: ItemFault[];
  constructor(faults: ItemFault[]) {
    super("The learner's data are faulty");
    this.faults = faults;
  }
}

/**
 * Settles one learner, or takes away what is left of one who has been deleted; by what a scan has read, where that is
 * enough (see set-from-scan.ts).
 * @returns `unlooked` where the caller is still to look whether the learner was deleted before the last write
 */
export async function settleCandidate(
  store: Store,
  policy: SettlePolicy,
  { learnerId, scanned }: Candidate,
  trail: Trail,
): Promise<RunOutcome & { unlooked?: true }> {
  if (scanned === undefined) return settleUnlessDeleted(store, policy, learnerId, trail);
  const flags = flagsOf(scanned);
  const changes = recordsOf(flags).sort(byKey);
  if (policy.dryRun) return { kind: "changed", changes };
  await trail.announce(changes);
  const written = await writeFlags(store, learnerId, flags).catch((error: unknown) => {
    if (isOfTheStore(error)) throw error;
    // Which of them were written before is not known; a flag that is as it was announced is ours.
    return undefined;
  });
  if (written?.length === flags.length) return { kind: "changed", changes, unlooked: true };
  const intended = new Map(recordsOf(written ?? flags).map((change) => [entityKey(change), change]));
  return settleUnlessDeleted(store, policy, learnerId, { ...trail, intended });
}

/** By reading the learner; see `settleForBackfill`. */
async function settleUnlessDeleted(
  store: Store,
  policy: SettlePolicy,
  learnerId: LearnerId,
  trail: Trail,
): Promise<RunOutcome> {
  const group = await findGroup(store, learnerId);
  const isDeleted = group.deleted.has(learnerId);
  if (policy.dryRun && isDeleted) return { kind: "deleted" };
  if (policy.dryRun) return settleForBackfill(joinedStore(store, learnerId, group), policy, learnerId, trail);
  const quiet = { store, log: QUIET };
  if (isDeleted) {
    await takeAway(quiet, learnerId);
    return { kind: "deleted" };
  }
  const { catalog, recordedAt } = policy;
  const settled = (id: LearnerId) => resettle({ ...quiet, catalog, recordedAt }, id);
  const outcome = await unlessDeleted({ ...quiet, resettle: settled }, learnerId, (watched) =>
    settleForBackfill(watched, policy, learnerId, trail),
  );
  return outcome === "deleted" ? { kind: "deleted" } : outcome;
}

/**
 * Looks for those who were deleted while their flags were written, and takes away what was written. One look for many,
 * and after the last write of each, because then it or the deletion finds the other (see late-writes.ts):
 *   t1 A scans   t2 B puts the tombstone, and deletes all   t3 A sets a flag   t4 A looks: deleted   t5 A deletes the flag
 */
export async function takeAwayDeleted(store: Store, learnerIds: readonly LearnerId[]): Promise<Set<LearnerId>> {
  if (learnerIds.length === 0) return new Set();
  const identities = await store.identitiesAmong(learnerIds, { isConsistent: true });
  const deleted = new Set(learnerIds.filter((learnerId) => identities.get(learnerId)?.deletedAt !== undefined));
  for (const learnerId of deleted) await takeAway({ store, log: QUIET }, learnerId);
  return deleted;
}

/**
 * Settles one learner on a strong read, with conditional writes: an event that lands in between wins, and the
 * learner is settled again. A dry run reads and derives the same, and writes nothing.
 * @throws AppError STORE_UNAVAILABLE when the store fails for good, which is no failure of this learner
 */
export async function settleForBackfill(
  store: Store,
  policy: SettlePolicy,
  learnerId: LearnerId,
  trail: Trail,
): Promise<RunOutcome> {
  const { intended, announce } = trail;
  const meant = new Map(intended);
  const note = (changes: ChangeRecord[]) => {
    for (const change of changes) meant.set(entityKey(change), joined(meant.get(entityKey(change)), change));
    return announce(changes);
  };
  try {
    const changes = policy.dryRun
      ? await deriveOnly(store, policy, learnerId)
      : await settleAndWrite(store, policy, learnerId, { intended, announce: note });
    return changes.length === 0 ? { kind: "right" } : { kind: "changed", changes: changes.sort(byKey) };
  } catch (error) {
    if (isOfTheStore(error)) throw error;
    const changes = (await changesThatStand(store, learnerId, meant)).sort(byKey);
    if (error instanceof BadData) return { kind: "failed", failures: error.faults, badData: true, changes };
    const { error: message, cause } = errorDetails(error);
    return { kind: "failed", failures: [{ entity: null, reason: cause ?? message }], badData: false, changes };
  }
}

/** The store refuses an update of one item only as invalid; whatever else it answers would meet every learner. */
export const isOfTheStore = (error: unknown): boolean =>
  error instanceof AppError && error.cause instanceof Error && error.cause.name !== "ValidationException";

/** One order, however often the run was interrupted; courses come before pathways in it. */
const byKey = (a: ChangeRecord, b: ChangeRecord) => (entityKey(a) < entityKey(b) ? -1 : 1);

function derive(policy: SettlePolicy, reading: Reading): FlagChange[] {
  if (reading.faults.length > 0) throw new BadData(reading.faults);
  return differencesOf(policy, reading);
}

async function deriveOnly(store: Store, policy: SettlePolicy, learnerId: LearnerId): Promise<ChangeRecord[]> {
  const reading = resolvedReading(policy.catalog, await store.read(learnerId));
  return derive(policy, reading).map((change) => recordOf(change, reading.items.get(entityKey(placeOf(change)))));
}

async function settleAndWrite(
  store: Store,
  policy: SettlePolicy,
  learnerId: LearnerId,
  trail: Trail,
): Promise<ChangeRecord[]> {
  const { intended, announce } = trail;
  const { result: last, written } = await settleLearner<Reading>(
    resolving(policy.catalog, store),
    learnerId,
    (reading) => ({ changes: derive(policy, reading), result: reading }),
    (flags) => (flags.length > 0 ? announce(flags.map(({ change, was }) => recordOf(change, was))) : undefined),
  );
  const records = new Map<string, ChangeRecord>();
  // What the interrupted run wrote, but did not live to write down: it stands as it was meant.
  for (const [key, record] of intended) if (isAsMade(last.items.get(key), record)) records.set(key, record);
  for (const { change, was } of written) {
    const key = entityKey(placeOf(change));
    records.set(key, joined(records.get(key) ?? intended.get(key), recordOf(change, was)));
  }
  return [...records.values()].filter(({ flag_before, flag_after }) => !isDeepStrictEqual(flag_before, flag_after));
}

async function changesThatStand(
  store: Store,
  learnerId: LearnerId,
  meant: ReadonlyMap<string, ChangeRecord>,
): Promise<ChangeRecord[]> {
  const found: ChangeRecord[] = [];
  for (const change of meant.values())
    if (isAsMade(await store.readItem(learnerId, change), change)) found.push(change);
  return found;
}

const isAsMade = (item: Item | undefined, { flag_after }: ChangeRecord): boolean =>
  item !== undefined && isDeepStrictEqual(flagAttributesOf(item), flag_after);
