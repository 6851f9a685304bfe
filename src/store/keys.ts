import type { Attempt } from "../model/attempt.ts";
import { type EntityRef, type EntityType, entityKey } from "../model/entity.ts";
import type { Identity } from "../model/identity.ts";
import { digestOf, type LearnerId } from "../model/learner.ts";
import { decodeLink } from "../model/link.ts";
import { isTimestamp } from "../model/time.ts";

export const PROFILE = "PROFILE";

export const entityItemKey = (learnerId: LearnerId, entity: EntityRef) => ({
  learner_id: learnerId,
  entity: entityKey(entity),
});
/**
 * What was decided. A Query reads items in order of their keys, and small letters stand behind capital ones: so whoever
 * reads a learner sees every decision that was written before any of the flags that he has read.
 */
export const DECISION_PREFIX = "decision#";
export const decisionKey = (learnerId: LearnerId, identity: string) => ({
  learner_id: learnerId,
  entity: DECISION_PREFIX + identity,
});
export const isDecisionKey = (key: unknown): boolean => typeof key === "string" && key.startsWith(DECISION_PREFIX);
export const identityOfDecision = (key: string): string => key.slice(DECISION_PREFIX.length);
export const profileKey = (learnerId: LearnerId) => ({ learner_id: learnerId, entity: PROFILE });

export const ATTEMPT_PREFIX = "ATTEMPT#";
export const SESSION_PREFIX = "SESSION#";
export const REVIEW_PREFIX = "REVIEW#";

export const attemptKey = (
  learnerId: LearnerId,
  { occurredAt, identity }: Pick<Attempt, "occurredAt" | "identity">,
) => ({
  learner_id: learnerId,
  record: `${ATTEMPT_PREFIX}${occurredAt}#${identity}`,
});
/** The identity in an attempt's key; of one that was kept before events had one, the event's id. */
export const identityInKey = (record: unknown): string => String(record).split("#").slice(2).join("#");
/** When an event was first received whose own time does not count. */
export const receiptKey = (learnerId: LearnerId, identity: string) => ({
  learner_id: learnerId,
  record: `RECEIPT#${identity}`,
});
export const sessionKey = (learnerId: LearnerId, sessionId: string) => ({
  learner_id: learnerId,
  record: `${SESSION_PREFIX}${sessionId}`,
});
/** The session that a module's own start and completion make; no client's id has a space. */
export const moduleSessionId = (moduleSlug: string) => `module ${moduleSlug}`;
export const reviewKey = (learnerId: LearnerId, moduleSlug: string, itemId: string) => ({
  learner_id: learnerId,
  record: `${REVIEW_PREFIX}${moduleSlug}#${itemId}`,
});

// No learner's id has a control character, so what begins with one is nobody's.
const INTERNAL = "\u0001";
/** Where runs announce themselves. */
export const RUNS_PARTITION = `${INTERNAL}runs`;
/** Which catalogs were ever published; what each of them says lies in a partition of its own. */
export const CATALOGS_PARTITION = `${INTERNAL}catalogs`;
export const catalogVersionKey = (version: string) => ({
  learner_id: CATALOGS_PARTITION,
  entity: `VERSION#${version}`,
});
export const catalogPieceKey = (version: string, index: number) => ({
  learner_id: `${INTERNAL}catalog#${version}`,
  entity: `PIECE#${String(index).padStart(4, "0")}`,
});
const IDENTITY_PREFIX = `${INTERNAL}identity#`;
export const isOfLearner = (item: { learner_id?: unknown }): boolean => !String(item.learner_id).startsWith(INTERNAL);

/** What is known of an id itself. Each has a partition of its own, and only who knows the id can tell whose it is. */
export const identityKey = (learnerId: LearnerId) => ({
  learner_id: `${IDENTITY_PREFIX}${digestOf(learnerId)}`,
  entity: "IDENTITY",
});
/** What an identity item says; nothing where there is none. */
export function identityOf(item: Record<string, unknown> | undefined): Identity {
  if (item === undefined) return {};
  const links = item.links instanceof Set ? [...item.links].flatMap((text) => decodeLink(text) ?? []) : [];
  return {
    ...(isTimestamp(item.deleted_at) && { deletedAt: item.deleted_at }),
    ...(links.length > 0 && { links }),
    ...(item.has_voids === true && { hasVoids: true }),
  };
}
export const isIdentity = (item: { learner_id?: unknown }): boolean =>
  String(item.learner_id).startsWith(IDENTITY_PREFIX);
/** The digest of the id that an identity item is about. */
export const digestInIdentity = (item: { learner_id?: unknown }): string =>
  String(item.learner_id).slice(IDENTITY_PREFIX.length);
export const runKey = ({ run, from, to }: { run: string; from: number; to: number }) => ({
  learner_id: RUNS_PARTITION,
  entity: `RUN#${run}#${from}-${to}`,
});

const PREFIXES = [
  ["MODULE#", "module"],
  ["COURSE#", "course"],
  ["PATHWAY#", "pathway"],
] as const satisfies [string, EntityType][];

/** The module, course or pathway that a sort key names; undefined for another kind of item. */
export function parseEntityKey(key: unknown): EntityRef | undefined {
  if (typeof key !== "string") return undefined;
  for (const [prefix, type] of PREFIXES)
    if (key.startsWith(prefix) && key.length > prefix.length) return { type, slug: key.slice(prefix.length) };
  return undefined;
}
