import type { EntityRef } from "../../model/entity.ts";
import { plainMark } from "../../model/mark.ts";
import { type EntityState, type Facts, listedWithoutMark, type Progress } from "../../model/progress.ts";
import type { Source } from "../../model/source.ts";
import { type Grades, gradedAnew, isLowered } from "./graded-anew.ts";

type Voided = ReadonlySet<Source>;
/** What was decided of the events of one entity: those that are void, and the grades that answers were given anew. */
export type Judgement = { voided: Voided; grades: Grades };

const NOTHING_VOID: Voided = new Set();
const NO_GRADES: Grades = [];

/** What was decided of the events of an entity, as `liveProgress` has found it. */
export const judgementOf = (
  { voided = NOTHING_VOID, regraded }: Pick<Progress, "voided" | "regraded">,
  { type, slug }: EntityRef,
): Judgement => ({ voided, grades: (type === "module" ? regraded?.get(slug) : undefined) ?? NO_GRADES });

type Sourced = { source?: Source };

const stands =
  (voided: Voided) =>
  ({ source }: Sourced) =>
    source === undefined || !voided.has(source);

/** Facts without what is void, and with the grades that answers were given last. */
export function liveFacts(facts: Facts, { voided, grades }: Judgement): Facts {
  const left = withoutVoid(facts, voided);
  const tasks = gradedAnew(left.tasks, grades);
  return tasks === left.tasks || tasks === undefined ? left : { ...left, tasks };
}

/**
 * Facts without what events stated that are void. The time at which a module is listed goes with the marks that it comes
 * from; where an earlier release kept it alone, it is kept as a mark.
 */
function withoutVoid(facts: Facts, voided: Voided): Facts {
  if (voided.size === 0) return facts;
  const { tasks, scores, steps, marks, completedAt, ...others } = facts;
  const kept = {
    tasks: left(tasks, voided),
    scores: left(scores, voided),
    steps: left(steps, voided),
    marks: left(marks, voided),
  };
  const areMarksWhole = kept.marks?.length === marks?.length;
  const alone = listedWithoutMark(facts);
  if (!areMarksWhole && alone !== undefined) kept.marks = [plainMark(alone), ...(kept.marks ?? [])];
  return {
    ...others,
    ...(kept.tasks?.length && { tasks: kept.tasks }),
    ...(kept.scores?.length && { scores: kept.scores }),
    ...(kept.steps?.length && { steps: kept.steps }),
    ...(kept.marks?.length && { marks: kept.marks }),
    ...(areMarksWhole && completedAt !== undefined && { completedAt }),
  };
}

const left = <T extends Sourced>(elements: readonly T[] | undefined, voided: Voided): T[] | undefined =>
  elements?.filter(stands(voided));

const countOf = ({ tasks = [], scores = [], steps = [], marks = [] }: Facts): number =>
  tasks.length + scores.length + steps.length + marks.length;

/** A state without what is void, and with the grades that answers were given last; the same one where that is nothing. */
export function liveState(state: EntityState, { voided, grades }: Judgement): EntityState {
  const left = stateWithoutVoid(state, voided);
  const facts = liveFacts(left.facts, { voided: NOTHING_VOID, grades });
  if (facts === left.facts) return left;
  const { aliasFacts } = left;
  return {
    ...left,
    facts,
    ...(aliasFacts && { aliasFacts: liveFacts(aliasFacts, { voided: NOTHING_VOID, grades }) }),
    ...(isLowered(left.facts.tasks, grades) && { isDisputed: true }),
  };
}

function stateWithoutVoid(state: EntityState, voided: Voided): EntityState {
  if (voided.size === 0) return state;
  const facts = withoutVoid(state.facts, voided);
  const claims = state.claims?.filter(stands(voided));
  const isClaimVoid = claims !== undefined && claims.length < (state.claims?.length ?? 0);
  if (countOf(facts) === countOf(state.facts) && !isClaimVoid) return state;
  const listedAt = facts.completedAt === undefined ? state.facts.completedAt : undefined;
  return {
    ...state,
    facts,
    ...(claims !== undefined && { claims }),
    ...(listedAt !== undefined && { listedAt }),
    ...(state.aliasFacts && { aliasFacts: withoutVoid(state.aliasFacts, voided) }),
    isDisputed: true,
  };
}
