import type { FlagChange } from "../../completion/settle.ts";
import { type Progress, sameFlag } from "../../model/progress.ts";
import type { WrittenFlag } from "./write-flags.ts";

/**
 * Whether a flag may be changed by the facts that were read beside it. A Query is no snapshot: it reads one item after
 * the other, in order of their keys, so courses before modules and pathways last. A module's flag and facts are one
 * item, and a course's flag is older than the facts beside it. A pathway's flag may be newer than they are:
 *   t1 A reads the modules   t2 B records a module and moves the pathway by it
 *   t3 A reads the pathway, and by its older modules would move it back
 * So a pathway's flag is moved or cleared only if the Query before this one found the same flag.
 * Test: ingest.interleavings, "late facts move a pathway", with a Query of one item a page.
 */
export function isReadBesideItsFacts({ entity, before }: FlagChange, previous: Progress | undefined): boolean {
  if (entity.type !== "pathway" || before === undefined) return true;
  return sameFlag(previous?.pathway.get(entity.slug)?.flag, before);
}

/**
 * Whether whoever wrote a flag must read the learner once more. Facts are written before anyone reads, so two events
 * find each other by them. These three kinds of flags are not, and another writer may have judged by what was there
 * before, and have written under another key.
 */
export const mustLookAgain = ({ change }: WrittenFlag): boolean =>
  isCleared(change) || isClaimed(change) || isMovedHolder(change);

/**
 * An event that sees a flag before it is cleared sets none:
 *   t1 a backfill reads a course that lacks m   t2 B records m, and reads the course as flagged
 *   t3 the backfill clears the flag             t4 it looks again, finds m, and flags the course
 * Test: jobs/races, "that lands between a clear and the second look is not lost".
 */
const isCleared = ({ after }: FlagChange): boolean => after === undefined;

/**
 * A claim moves the time of a course, and an event in between settles the pathway by the old one:
 *   t1 A claims the course, and reads it at 10:00   t2 B reads it at 10:00, and flags the pathway at 10:00
 *   t3 A moves the course to 10:04                  t4 A looks again, and moves the pathway to 10:04
 * Test: ingest.interleavings, "a claim moves a course while its pathway is completed".
 */
const isClaimed = ({ entity, before, after }: FlagChange): boolean =>
  entity.type !== "pathway" && after?.claimedAt !== before?.claimedAt;

/**
 * The same race from the other side: here the claim looks again too early, so that the event must do so.
 *   t1 B records a fact, and reads the course at 10:00 and the pathway at 10:03
 *   t2 A moves the course to 10:03, looks again, and finds the pathway at 10:03, which is right
 *   t3 B moves the pathway to 10:01                 t4 B looks again, and moves it back to 10:03
 * Test: ingest.interleavings, "a claim moves a course to where its pathway is, while that moves away".
 */
const isMovedHolder = ({ entity, before }: FlagChange): boolean => entity.type !== "module" && before !== undefined;
