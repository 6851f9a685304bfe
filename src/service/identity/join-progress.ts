import { type Claimed, encodeClaimed, inOrderOfAcceptance } from "../../model/claimed.ts";
import type { Decision } from "../../model/decision.ts";
import { type EntityType, entityKey } from "../../model/entity.ts";
import { type EntityState, type Flag, mergeFacts, type Progress, withoutListing } from "../../model/progress.ts";
import { earliest } from "../../model/time.ts";
import type { Item, Reading } from "../../store/items.ts";

const TYPES = ["module", "course", "pathway"] as const satisfies EntityType[];

/**
 * What is stored under several ids as one learner's: facts together, and the flag that the learner's own id has. Until
 * something was settled there, the earliest flag of the others stands for it; those stay as they are, for the day when the
 * link is withdrawn.
 * @param own what is stored under the learner's own id
 */
export function joinReadings(own: Reading, others: readonly Reading[]): Reading {
  const progress: Progress = { ...own.progress };
  for (const type of TYPES) {
    const slugs = new Set([own, ...others].flatMap((reading) => [...reading.progress[type].keys()]));
    progress[type] = new Map(
      [...slugs].map((slug) => {
        const states = others.flatMap((reading) => reading.progress[type].get(slug) ?? []);
        const item = own.items.get(entityKey({ type, slug }));
        return [slug, joinStates(own.progress[type].get(slug), item, states)];
      }),
    );
  }
  const decisions = joinDecisions([own, ...others].map((reading) => reading.progress.decisions ?? []));
  return {
    progress: { ...progress, ...(decisions.length > 0 && { decisions }) },
    faults: [own, ...others].flatMap(({ faults }) => faults),
    items: own.items,
  };
}

/** @param item the own state, as it is stored */
export function joinStates(
  own: EntityState = { facts: {} },
  item: Item | undefined,
  others: readonly EntityState[],
): EntityState {
  const { flag: ownFlag, ...rest } = own;
  const isSettled = item?.completed !== undefined;
  // Lists go by the learner's own id once that is settled: what stands under another id would be cleared here for ever.
  const factsOf = ({ facts }: EntityState) => (isSettled ? withoutListing(facts) : facts);
  const facts = others.reduce((joined, state) => mergeFacts(joined, factsOf(state)), own.facts);
  const flag = isSettled ? ownFlag : earliestFlag(others);
  const claims = joinClaims([own, ...others].flatMap((state) => state.claims ?? []));
  const claimedAt = others.reduce((first, state) => earliest(first, state.flag?.claimedAt), own.claimedAt);
  return {
    ...rest,
    ...(isSettled && others.length > 0 && { needsFlag: true as const }),
    facts,
    ...(flag && { flag }),
    ...(claims.length > 0 && { claims }),
    ...(claimedAt !== undefined && flag?.claimedAt === undefined && { claimedAt }),
  };
}

const joinClaims = (claims: readonly Claimed[]): Claimed[] =>
  [...new Map(claims.map((claim) => [encodeClaimed(claim), claim])).values()].sort(inOrderOfAcceptance);

function earliestFlag(states: readonly EntityState[]): Flag | undefined {
  const flags = states.flatMap(({ flag }) => flag ?? []);
  return flags.reduce<Flag | undefined>(
    (first, flag) => (first === undefined || flag.completedAt < first.completedAt ? flag : first),
    undefined,
  );
}

/** Each once, by its event. */
export const joinDecisions = (lists: readonly (readonly Decision[])[]): Decision[] => [
  ...new Map(lists.flat().map((decision) => [decision.identity, decision])).values(),
];
