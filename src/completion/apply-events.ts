import type { Catalog } from "../catalog/catalog.ts";
import { entityKey } from "../model/entity.ts";
import { type Progress, sameFlag } from "../model/progress.ts";
import { sourceOf } from "../model/source.ts";
import type { Timestamp } from "../model/time.ts";
import type { Warning } from "../model/warning.ts";
import { standingCourses } from "./decisions/standing-courses.ts";
import { standingLinks } from "./decisions/standing-links.ts";
import {
  type Acceptance,
  acceptEvent,
  acceptUnread,
  concernsOf,
  type EventOutcome,
  flagsSetBy,
} from "./event-outcome.ts";
import type { InterpretedEvent } from "./interpret-event.ts";
import { mayBeCleared } from "./is-current.ts";
import { isUnsupported, judgeClaim } from "./judge-claim.ts";
import { KnownCompletions } from "./known-completions.ts";
import { mayFall } from "./may-fall.ts";
import { addFacts, knownBefore, progressBefore, stateOf } from "./progress-before.ts";
import { touchedBy, unique } from "./reach.ts";
import type { RecordedBatch } from "./recorded-batch.ts";
import { type FlagChange, type SettleOptions, settle, withFlag } from "./settle.ts";

type Applied = {
  outcomes: EventOutcome[];
  changes: FlagChange[];
  progress: Progress;
  /** Whether a claim is of a flag that is newer than what was read beside it, so that it cannot be judged yet. */
  isTorn: boolean;
};

/** What a batch is applied to, and what has come of it so far. */
type Applying = {
  catalog: Catalog;
  progress: Progress;
  changes: Map<string, FlagChange>;
  known: KnownCompletions;
  recordedAt: Timestamp;
};

/**
 * Applies a learner's events one after the other to what the store held before them, so that a batch has the same
 * answers as its events sent singly, although it was recorded with one write per entity and read with one Query.
 *
 * So a claim is judged by the facts at its place in time, and never by a flag that rests on later facts of its own batch:
 *   t1 A records [a claim of the course at 10:00, its last module at 10:03]   t2 B reads both, and flags the course
 *   t3 A reads the flag: by it the claim would be accepted, though its time would be kept nowhere
 * Test: ingest.interleavings, "a claim ahead of its facts in a batch, while another event flags the course".
 *
 * A claim that was refused once stays refused, because what comes after it in its batch has been flagged since:
 *   t1 A records [claims of the course and of its last module], refuses the first, and flags both for the second
 *   t2 A looks again, since it wrote a claim, and by the module's flag would accept the first
 * Test: record.properties, "answers a batch as its events sent one by one in order of time".
 * @param stored what one Query found after the events were recorded
 * @returns an outcome per event, what must change in the stored flags, and the learner's progress with these changes
 */
export function applyEvents(
  catalog: Catalog,
  stored: Progress,
  { events, before, settling, refused }: RecordedBatch,
  recordedAt: Timestamp,
): Applied {
  const progress = progressBefore(stored, before);
  const changes = new Map<string, FlagChange>();
  const known = new KnownCompletions();
  const applying = { catalog, progress, changes, known, recordedAt };
  const lastStatement = lastStatementsOf(events);
  const lastSettling = events.findLastIndex((interpreted) => settling.has(interpreted));
  let healed = false;
  const outcomes = events.map((interpreted, index): EventOutcome => {
    const { facts, claim, warnings } = interpreted;
    for (const { entity, facts: stated } of facts) {
      addFacts(progress, entity, stated);
      // Facts that other requests recorded are in what was read. They count from the batch's last statement about the
      // entity on, because flags must follow from all that is stored:
      //   t1 A records m at 10:05   t2 B records m at 10:03, and moves the course to 10:03
      //   t3 A reads all of it, and by its own fact alone would move the course to 10:05
      // Test: ingest.interleavings, "two late facts of one module".
      if (lastStatement.get(entityKey(entity)) === index) addFacts(progress, entity, stateOf(stored, entity).facts);
    }
    if (facts.length > 0) known.changed();
    const verdict = claim && (refused?.get(interpreted) ?? judgeClaim(catalog, progress, claim, { stored, known }));
    // The event that sets a flag reports it, also when it is sent again. So an event that may not report one sets none:
    // neither a refused claim, nor an event that would be answered without a read if it were sent alone.
    if (verdict && !verdict.accepted) return verdict;
    if (settling.has(interpreted)) {
      settleEvent(applying, interpreted, { isFirst: !healed, isLast: index === lastSettling });
      healed = true;
    }
    return accepted(applying, interpreted, [
      ...warnings,
      ...(verdict?.warnings ?? []),
      ...standingCourses(catalog, progress, interpreted),
      ...standingLinks(progress, interpreted),
    ]);
  });
  const isTorn = events.some(({ claim }) => claim && isUnsupported(catalog, claim.claimed, { stored, known }));
  return { outcomes, changes: [...changes.values()].filter(differs), progress, isTorn };
}

/** Where an event stands among those of its batch that settle flags. */
type Stage = { isFirst: boolean; isLast: boolean };

/** Whether a claim repeats one of the batch that has left nothing to settle, and nothing has changed since. */
function isSettledBefore(
  { progress, known }: Applying,
  interpreted: InterpretedEvent,
  { isFirst, isLast }: Stage,
): boolean {
  const { claim } = interpreted;
  if (claim === undefined || isFirst || isLast || mayClear(progress, interpreted)) return false;
  return known.isSettled(claim.claimed);
}

/** What is settled with an event, and what of it may be cleared. */
function reachedBy(
  catalog: Catalog,
  progress: Progress,
  interpreted: InterpretedEvent,
  { isFirst, isLast }: Stage,
): Pick<SettleOptions, "scope" | "revoke"> {
  const concerns = concernsOf(catalog, interpreted, progress);
  const touched = isFirst || isLast ? touchedBy(catalog, progress) : [];
  // A late fact may move terms away, and what was sent under one of two ids may be void by what was decided under the other.
  // The last event clears such flags, since all that is stored is in the progress then.
  const isLink = interpreted.decision?.kind === "link";
  const fallen = isLast ? touched.filter((isLink ? mayBeCleared : mayFall)(catalog, progress)) : [];
  // The first one settles everything, and so heals what an earlier crash left behind.
  const scope = unique([...(isFirst ? touched : fallen), ...concerns]);
  const revocable = new Set([...(mayClear(progress, interpreted) ? concerns : []), ...fallen].map(entityKey));
  return { scope, revoke: (entity) => revocable.has(entityKey(entity)) };
}

/** Whether an event may clear flags: a decision those of what it concerns, one that is void those that it would set. */
const mayClear = (progress: Progress, { event, decision }: InterpretedEvent): boolean =>
  decision !== undefined || progress.voided?.has(sourceOf(event.id)) === true;

/** What an accepted event comes to; of a claim that repeats another, and has set no flag, what that one came to. */
function accepted(
  { catalog, progress, known }: Applying,
  interpreted: InterpretedEvent,
  warnings: Warning[],
): Acceptance {
  const { claim, event } = interpreted;
  const accept = () => acceptEvent(catalog, progress, interpreted, warnings);
  if (claim === undefined || !known.isSettled(claim.claimed) || flagsSetBy(event, progress).length > 0) return accept();
  return { ...known.acceptance(claim.claimed, accept), warnings };
}

/** Outcomes of events of which none settles flags: they need no read. */
export function applyUnread({ events, before }: RecordedBatch): Acceptance[] {
  const known = knownBefore(before);
  return events.map((interpreted) => {
    for (const { entity, facts } of interpreted.facts) addFacts(known, entity, facts);
    return acceptUnread(known, interpreted);
  });
}

/** By entity key, the index of the last event that states a fact of it. */
const lastStatementsOf = (events: readonly InterpretedEvent[]): ReadonlyMap<string, number> =>
  new Map(events.flatMap(({ facts }, index) => facts.map(({ entity }) => [entityKey(entity), index])));

/** Settles what an event reaches, and adds what changes to the progress and to the changes so far. */
function settleEvent(applying: Applying, interpreted: InterpretedEvent, stage: Stage): void {
  if (isSettledBefore(applying, interpreted, stage)) return;
  const { catalog, progress, changes, known, recordedAt } = applying;
  const { event, claim } = interpreted;
  const stamp = { source: "inferred", recordedAt, eventId: event.identity } as const;
  const settled = settle(catalog, progress, { stamp, ...reachedBy(catalog, progress, interpreted, stage) });
  for (const change of settled) {
    const { type, slug } = change.entity;
    progress[type].set(slug, withFlag(stateOf(progress, change.entity), change.after));
    const earlier = changes.get(entityKey(change.entity));
    changes.set(entityKey(change.entity), earlier ? { ...change, before: earlier.before } : change);
  }
  if (settled.length > 0) known.changed();
  else if (claim) known.settled(claim.claimed);
}

const differs = ({ before, after }: FlagChange): boolean => !sameFlag(before, after);
