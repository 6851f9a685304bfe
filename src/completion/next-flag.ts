import type { Catalog } from "../catalog/catalog.ts";
import type { EntityRef } from "../model/entity.ts";
import type { CompletionSource, EntityState, Flag, Progress } from "../model/progress.ts";
import type { Timestamp } from "../model/time.ts";
import { toldTerms } from "./calculate.ts";
import { validateCompletionTimestamp } from "./claim.ts";
import type { Completion } from "./completion.ts";
import { isCurrent } from "./is-current.ts";
import { claimBetween } from "./terms/claims.ts";
import { EVER } from "./terms/facts-since.ts";

/** Who settles, and when: goes into the flags that are written. */
export type Stamp = {
  source: Extract<CompletionSource, "inferred" | "backfill">;
  recordedAt: Timestamp;
  /** The event's identity. */
  eventId?: string;
};

type Context = { catalog: Catalog; entity: EntityRef; progress: Progress; stamp: Stamp; revoke: boolean };

/** The flag that an entity should have; the stored one itself where it is right. */
export function nextFlag(state: EntityState, completion: Completion, context: Context): Flag | undefined {
  const { flag } = state;
  if (!completion.completed || completion.completedAt === undefined) return context.revoke ? undefined : flag;
  // A flag that was earned under an older definition keeps its time, since by the newer one it may not have been earned then.
  if (flag && !isCurrent(context.catalog, context.entity, flag)) return keptFlag(flag, state, completion, context);
  return flagOf(state, completion, context);
}

/** A flag of an older definition: it ends as today's has it, and gives way to the next term. */
function keptFlag(flag: Flag, state: EntityState, completion: Completion, context: Context): Flag {
  const { catalog, entity, progress } = context;
  if (entity.type === "module") return flag;
  const { terms, newest } = toldTerms(catalog, { type: entity.type, slug: entity.slug }, progress);
  if (newest === undefined) return flag;
  if (newest.completedAt !== flag.completedAt)
    return flagOf(
      state,
      { ...completion, completedAt: newest.inferredAt, term: { ...newest, number: terms.length } },
      context,
    );
  if (newest.expiresAt === flag.expiresAt) return flag;
  const { expiresAt: _, ...rest } = flag;
  return {
    ...rest,
    ...(newest.expiresAt !== undefined && { expiresAt: newest.expiresAt }),
    recordedAt: context.stamp.recordedAt,
  };
}

function flagOf(state: EntityState, completion: Completion, { catalog, entity, stamp }: Context): Flag {
  const { flag } = state;
  const { term, cumulativeScore, completedAt: inferredAt = "" } = completion;
  const claim = claimBetween(state, term?.opensAt ?? EVER);
  const verdict = claim && validateCompletionTimestamp(claim.at, inferredAt);
  const completedAt = verdict?.completedAt ?? inferredAt;
  const says: Said = {
    completedAt,
    expiresAt: term?.expiresAt,
    // The first term is told by the flag itself.
    term: term !== undefined && term.number > 1 ? term.number : undefined,
    claimedAt: claim?.at,
    // A claim of an earlier release has none, and neither had its flag.
    claimSource: claim?.source,
    cumulativeScore,
  };
  const isSameTerm = flag !== undefined && (flag.term ?? 1) === (says.term ?? 1);
  const completionSource = sourceOf(
    verdict?.withinTolerance === true,
    completion,
    isSameTerm ? flag : undefined,
    stamp,
  );
  if (flag && isSaying(flag, says) && isOfKind(flag.completionSource, completionSource)) return flag;
  return {
    ...without(says),
    completedAt,
    completionSource,
    recordedAt: stamp.recordedAt,
    catalogVersion: catalog.version,
    definition: catalog.definitionOf(entity),
    ...without({ eventId: eventIdOf(flag, says.term, stamp) }),
  };
}

/** The event that raises the number of completed terms reports it, and keeps doing so while its flag stands. */
function eventIdOf(flag: Flag | undefined, term: number | undefined, { eventId }: Stamp): string | undefined {
  const [before, now] = [flag ? (flag.term ?? 1) : 0, term ?? 1];
  if (before === now) return flag?.eventId;
  return before < now ? eventId : undefined;
}

type Said = Pick<Flag, "completedAt"> & {
  [Name in "expiresAt" | "term" | "claimedAt" | "claimSource" | "cumulativeScore"]: Flag[Name] | undefined;
};

const isSaying = (flag: Flag, says: Said): boolean =>
  (Object.keys(says) as (keyof Said)[]).every((name) => flag[name] === says[name]);

/** A claim that no longer stands, and a waiver that was withdrawn, leave the source that the facts have. */
function sourceOf(
  isClaimed: boolean,
  { waiver }: Completion,
  flag: Flag | undefined,
  { source }: Stamp,
): CompletionSource {
  if (isClaimed) return "explicit";
  if (waiver) return waiver.completedAt === undefined ? "waived" : "imported";
  return flag?.completionSource === "inferred" || flag?.completionSource === "backfill"
    ? flag.completionSource
    : source;
}

const WAIVED: readonly CompletionSource[] = ["waived", "imported"];

/** Whether two sources differ at most in who found out. */
const isOfKind = (a: CompletionSource, b: CompletionSource): boolean =>
  a === b || (!WAIVED.includes(a) && !WAIVED.includes(b));

/** An object without what is undefined in it. */
const without = <T extends object>(fields: T): { [Name in keyof T]?: Exclude<T[Name], undefined> } =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as never;
