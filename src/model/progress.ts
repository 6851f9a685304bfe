import type { Claimed } from "./claimed.ts";
import type { Decision, Regrade, Waiver } from "./decision.ts";
import { mergeEarly, withoutEarly } from "./early.ts";
import type { EntityRef } from "./entity.ts";
import { type Mark, mergeMarks, plainMark } from "./mark.ts";
import { mergeResults, type Result } from "./result.ts";
import type { Source } from "./source.ts";
import { earliest, isTimestamp, type Timestamp } from "./time.ts";

/** What a learner did with one module, course or pathway. Facts only grow: the earliest time and the best result win. */
export type Facts = {
  recommendedAt?: Timestamp;
  startedAt?: Timestamp;
  /** Of a module: since when the list of completions has it without a flag. What it rests on are the marks. */
  completedAt?: Timestamp;
  enrolledAt?: Timestamp;
  /** Where the earliest enrolment came from; null where it did not say. */
  enrollmentSource?: string | null;
  /**
   * The earliest enrolment's time and, behind it, when we first received it (`encodeReceipt`). Of two the one that sorts
   * first is the earliest's. That of a later enrolment stands beside one that an earlier release kept without.
   */
  enrollmentReceipt?: string;
  tasks?: Result[];
  scores?: Result[];
  steps?: Result[];
  marks?: Mark[];
  /** Results and marks that count for nothing, because their events count at an earlier time (`earlyOf`). */
  early?: string[];
};

/** The time at which a module is listed where no mark tells of it: an earlier release kept the time alone. */
export const listedWithoutMark = ({ completedAt, marks }: Facts): Timestamp | undefined =>
  completedAt === undefined || marks?.some(({ at }) => at === completedAt) ? undefined : completedAt;

export const COMPLETION_SOURCES = ["inferred", "explicit", "backfill", "waived", "imported"] as const;
export type CompletionSource = (typeof COMPLETION_SOURCES)[number];

/** A course, a pathway, or a module with conditions, is complete: since when, how we know, under which catalog. */
export type Flag = {
  completedAt: Timestamp;
  completionSource: CompletionSource;
  /** When it ends, of a holder whose completions do. */
  expiresAt?: Timestamp;
  /** How many terms of a holder have been completed with it, from the second on. */
  term?: number;
  /** The time of the first claim that was accepted in its term, whether or not it stands, and whose it was. */
  claimedAt?: Timestamp;
  claimSource?: Source;
  /** When this flag was last written, by our clock. */
  recordedAt: Timestamp;
  /** The whole catalog under which it was written, as a record. */
  catalogVersion: string;
  /** What the entity's completion rested on then, hashed; flags of earlier releases have none. */
  definition?: string;
  /** The identity of the event whose write set the flag, and which alone reports it; none for a backfill. */
  eventId?: string;
  /** Of a module whose conditions include a score. */
  cumulativeScore?: number;
};

/** Whether two flags say the same; when each was written does not matter. */
export const sameFlag = (a: Flag | undefined, b: Flag | undefined): boolean =>
  a === b || (a !== undefined && b !== undefined && FLAG_SAYS.every((name) => a[name] === b[name]));

const FLAG_SAYS = [
  "completedAt",
  "completionSource",
  "expiresAt",
  "term",
  "claimedAt",
  "claimSource",
  "catalogVersion",
  "definition",
  "eventId",
  "cumulativeScore",
] as const;

/** A module, course or pathway of one learner; `claimedAt` is an accepted claim that no flag carries yet. */
export type EntityState = {
  facts: Facts;
  flag?: Flag;
  claimedAt?: Timestamp;
  claimSource?: Source;
  /** Every claim that was accepted, in that order. */
  claims?: readonly Claimed[];
  /** The decision that was last taken about it: who read the item before may not write its flag. */
  decidedBy?: string;
  /** Those of the facts that are stored under slugs that the entity had once. */
  aliasFacts?: Facts;
  /** The slug that the entity had once, under which its flag is stored, or what the list of completions has of it. */
  storedAs?: string;

  /** Whether a list has it by its flag alone: something was settled under the learner's own id, and marks lie under others too. */
  needsFlag?: true;

  // What decisions make of it, see completion/live.
  /** Waivers of it that stand, in order of their moments. */
  waivers?: readonly Waiver[];
  /** When it was reset, in order of time. */
  resets?: readonly Timestamp[];
  /** By task, how many attempts more a learner has than its definition says. */
  moreAttempts?: Readonly<Record<string, number>>;
  /** Whether decisions took something away, so that a flag must not be believed before it is settled. */
  isDisputed?: true;
  /** The time at which a module is listed without a flag, where `facts.completedAt` is not to be taken for a mark. */
  listedAt?: Timestamp;
};

/** What a learner viewed last. */
export type View = { contentType: string; slug: string; viewedAt: Timestamp };

/** Everything that is known of one learner, by slug. */
export type Progress = {
  module: Map<string, EntityState>;
  course: Map<string, EntityState>;
  pathway: Map<string, EntityState>;
  /** What was decided of it, in no order. */
  decisions?: readonly Decision[];
  /** The sources of the events that are void; set once what they stated has been taken out of the facts. */
  voided?: ReadonlySet<Source>;
  /** By module, the grades that answers were given anew and that stand; set together with `voided`. */
  regraded?: ReadonlyMap<string, readonly Regrade[]>;
  /** By source of the events that somebody voided, whether or not that was withdrawn: what they spoke of. */
  statedBy?: ReadonlyMap<Source, readonly EntityRef[]>;
};

export const emptyProgress = (): Progress => ({ module: new Map(), course: new Map(), pathway: new Map() });

export type Fact = { entity: EntityRef; facts: Facts };

/** Most facts hold no list of a kind, and each event merges facts many times. */
function mergePresent<T>(a: T[] | undefined, b: T[] | undefined, merge: (a: T[], b: T[]) => T[]): T[] | undefined {
  if (a === undefined && b === undefined) return undefined;
  const merged = merge(a ?? [], b ?? []);
  return merged.length > 0 ? merged : undefined;
}

const TIMES = ["recommendedAt", "startedAt", "completedAt", "enrolledAt"] as const;
const RESULTS = ["tasks", "scores", "steps"] as const;

/** What two statements say together; the order of the two does not matter, nor how often each is made. */
export function mergeFacts(one: Facts, other: Facts): Facts {
  const early = mergeEarly(one.early, other.early);
  const a = withoutEarly(one, early);
  const b = withoutEarly(other, early);
  const merged: Facts = early.length > 0 ? { early } : {};
  for (const name of TIMES) {
    const time = earliest(a[name], b[name]);
    if (time !== undefined) merged[name] = time;
  }
  for (const name of RESULTS) {
    const results = mergePresent(a[name], b[name], mergeResults);
    if (results !== undefined) merged[name] = results;
  }
  const marks = mergePresent(a.marks, b.marks, mergeMarks);
  if (marks !== undefined) merged.marks = marks;
  if (merged.enrolledAt !== undefined) merged.enrollmentSource = sourceOfEarliest(a, b);
  const receipt = earliest(a.enrollmentReceipt, b.enrollmentReceipt);
  if (receipt !== undefined) merged.enrollmentReceipt = receipt;
  return merged;
}

/** Of two enrolments at one moment, the one that names its source, else the one whose source sorts first. */
function sourceOfEarliest(a: Facts, b: Facts): string | null {
  const [sourceOfA, sourceOfB] = [a.enrollmentSource ?? null, b.enrollmentSource ?? null];
  if (a.enrolledAt !== b.enrolledAt)
    return earliest(a.enrolledAt, b.enrolledAt) === a.enrolledAt ? sourceOfA : sourceOfB;
  if (sourceOfA === null || sourceOfB === null) return sourceOfA ?? sourceOfB;
  return sourceOfA < sourceOfB ? sourceOfA : sourceOfB;
}

export const encodeReceipt = (at: Timestamp, receivedAt: Timestamp): string => `${at}#${receivedAt}`;

/** When the earliest enrolment was first received; undefined where an earlier release did not keep that. */
export function enrolmentReceivedAt({ enrolledAt, enrollmentReceipt }: Facts): Timestamp | undefined {
  const [at, receivedAt] = enrollmentReceipt?.split("#") ?? [];
  return at === enrolledAt && isTimestamp(receivedAt) ? receivedAt : undefined;
}

/** Facts without the time at which a list has the module by a mark alone; where no mark tells of it, it is kept as one. */
export function withoutListing({ completedAt, ...facts }: Facts): Facts {
  if (completedAt === undefined) return facts;
  const alone = listedWithoutMark({ ...facts, completedAt });
  return alone === undefined ? facts : mergeFacts(facts, { marks: [plainMark(alone)] });
}

/** The later of two views; of two at one moment, the one that sorts last, so that their order of arrival is nothing. */
export function laterView(a: View | undefined, b: View): View {
  const rank = ({ viewedAt, contentType, slug }: View) => [viewedAt, contentType, slug].join("\n");
  return a === undefined || rank(b) > rank(a) ? b : a;
}
