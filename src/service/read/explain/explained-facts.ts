import type { EntityRef } from "../../../model/entity.ts";
import type { Mark } from "../../../model/mark.ts";
import { type EntityState, type Facts, listedWithoutMark, type Progress } from "../../../model/progress.ts";
import type { Result } from "../../../model/result.ts";
import type { Source } from "../../../model/source.ts";
import type { Timestamp } from "../../../model/time.ts";

/** One thing that is stored of a learner and an entity, as far as a completion may rest on it. */
export type ExplainedFact = EntityRef & {
  fact: "recommended" | "enrolled" | "started" | "task" | "score" | "step" | "mark" | "claim";
  at: Timestamp;
  /** The task, the score's component, or the step. */
  name?: string | undefined;
  /** Of a task and a component; of a task that was attested, true. */
  value?: number | true | undefined;
  receivedAt?: Timestamp | undefined;
  /** Of a mark: whether a learner's own token sent it, and whether the catalog knew the module then. */
  own?: boolean | undefined;
  known?: boolean | undefined;
  /** Where somebody voided the event that stated it: it counts no longer. */
  isVoid?: boolean | undefined;
};

const TIMES = { recommended: "recommendedAt", enrolled: "enrolledAt", started: "startedAt" } as const;
const RESULTS = { task: "tasks", score: "scores", step: "steps" } as const;

/**
 * What is stored of an entity, in no order.
 * @param slugs the entity's own, and those that it had once
 * @param voided the sources of what is void
 */
export function factsOf(
  { type, slug }: EntityRef,
  slugs: readonly string[],
  stored: Progress,
  voided: ReadonlySet<Source> = new Set(),
): ExplainedFact[] {
  const isVoid = ({ source }: { source?: Source }) => source !== undefined && voided.has(source);
  return slugs
    .flatMap((each) => stored[type].get(each) ?? [])
    .flatMap((state) => [...timesOf(state.facts), ...resultsOf(state.facts, isVoid), ...saidOf(state, isVoid)])
    .map((fact) => ({ type, slug, ...fact }));
}

type Fact = Omit<ExplainedFact, keyof EntityRef>;
type IsVoid = (stated: { source?: Source }) => boolean;

const timesOf = (facts: Facts): Fact[] =>
  Object.entries(TIMES).flatMap(([fact, name]) => {
    const at = facts[name];
    return at === undefined ? [] : [{ fact: fact as keyof typeof TIMES, at }];
  });

const resultsOf = (facts: Facts, isVoid: IsVoid): Fact[] =>
  Object.entries(RESULTS).flatMap(([fact, name]) =>
    (facts[name] ?? []).map((result: Result) => ({
      fact: fact as keyof typeof RESULTS,
      at: result.at,
      name: result.key,
      // That a step was done is all that there is to say of it.
      ...(fact !== "step" && { value: result.value }),
      isVoid: isVoid(result),
    })),
  );

/** That somebody said of the entity that it is complete. */
function saidOf({ facts, claims = [] }: EntityState, isVoid: IsVoid): Fact[] {
  const listed = listedWithoutMark(facts);
  return [
    ...(facts.marks ?? []).map((mark: Mark) => ({
      fact: "mark" as const,
      at: mark.at,
      receivedAt: mark.receivedAt,
      own: mark.own,
      known: mark.known,
      isVoid: isVoid(mark),
    })),
    ...(listed === undefined ? [] : [{ fact: "mark" as const, at: listed }]),
    ...claims.map((claim) => ({
      fact: "claim" as const,
      at: claim.at,
      receivedAt: claim.acceptedAt,
      isVoid: isVoid(claim),
    })),
  ];
}
