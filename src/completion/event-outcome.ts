import type { Catalog } from "../catalog/catalog.ts";
import { type Decision, isWithdrawal } from "../model/decision.ts";
import type { EntityRef, HolderType } from "../model/entity.ts";
import type { LearningEvent } from "../model/events/index.ts";
import type { EntityState, Progress } from "../model/progress.ts";
import type { Warning } from "../model/warning.ts";
import { calculateHolder, standingOf, termsOf, toldTerms } from "./calculate.ts";
import type { Ratio } from "./completion.ts";
import { aboutOf, concernsOfDecision } from "./decisions/concerns.ts";
import type { InterpretedEvent } from "./interpret-event.ts";
import { unlockedBy } from "./locks.ts";
import { stateOf } from "./progress-before.ts";
import { FLAG_ORDER, reachOf, unique } from "./reach.ts";
import type { Refusal } from "./refusal.ts";
import type { Standing } from "./terms/standing.ts";
import { titleOf } from "./titled.ts";

/** A course or pathway as one event left it. */
export type FlaggedOutcome = EntityRef & {
  title: string | null;
  state: EntityState;
  standing: Standing;
  progress: Ratio;
  newlyCompleted: boolean;
};

export type ModuleOutcome = { slug: string; state: EntityState };

export type Acceptance = {
  accepted: true;
  module: ModuleOutcome | undefined;
  /** Other modules that the event flagged, because what brought them so far had not settled them. */
  alsoCompleted: ModuleOutcome[];
  /** The courses and pathways that the event touched. */
  flagged: FlaggedOutcome[];
  /** The modules and courses that the event's completion opened. */
  unlocked: EntityRef[];
  warnings: Warning[];
};

export type EventOutcome = Acceptance | Refusal;

/** The outcome of an event that was answered without a read, and so names no courses or pathways. */
export const acceptUnread = (known: Progress, interpreted: InterpretedEvent): Acceptance => ({
  accepted: true,
  module: moduleOf(interpreted, known),
  alsoCompleted: [],
  flagged: [],
  unlocked: [],
  warnings: interpreted.warnings,
});

/** @param progress as the event left it */
export function acceptEvent(
  catalog: Catalog,
  progress: Progress,
  interpreted: InterpretedEvent,
  warnings: Warning[],
): Acceptance {
  const { event, settles } = interpreted;
  const own = flagsSetBy(event, progress);
  const touched = own.length > 0 || settles === "always" ? concernsOf(catalog, interpreted, progress) : [];
  const flagged = unique([...touched, ...own]).filter(({ type }) => type !== "module");
  const module = moduleOf(interpreted, progress);
  const ownModules = own.filter(({ type }) => type === "module").map(({ slug }) => slug);
  const alsoCompleted = ownModules
    .filter((slug) => slug !== module?.slug)
    .map((slug) => ({ slug, state: stateOf(progress, { type: "module", slug }) }));
  // Whatever else a learner does in a complete module opens nothing.
  const completes = module && (marksComplete(interpreted, module.slug) || ownModules.includes(module.slug));
  const completed = [...(completes ? [module] : []), ...alsoCompleted];
  return {
    accepted: true,
    module,
    alsoCompleted,
    flagged: flagged.map((entity) => outcomeOf(catalog, progress, entity, event)),
    unlocked: unique(completed.flatMap(({ slug }) => unlockedBy(catalog, progress, slug, own))),
    warnings,
  };
}

/** The flags that an event set, now or when it was sent before. */
export function flagsSetBy({ identity }: LearningEvent, progress: Progress): EntityRef[] {
  const set: EntityRef[] = [];
  for (const type of FLAG_ORDER)
    progress[type].forEach(({ flag }, slug) => {
      if (flag?.eventId === identity) set.push({ type, slug });
    });
  return set;
}

/** What an event may complete. An enrolment completes nothing, but concerns what it enrols in. */
export function concernsOf(
  catalog: Catalog,
  { facts, claim, decision, settles }: InterpretedEvent,
  progress?: Progress,
): readonly EntityRef[] {
  if (decision && progress) return concernsOfDecision(catalog, progress, decision);
  if (claim) return reachOf(catalog, claim.claimed);
  if (settles === "never") return [];
  const concerns = facts.map(({ entity }) => (entity.type === "module" ? reachOf(catalog, entity) : [entity]));
  return concerns.length === 1 ? (concerns[0] as readonly EntityRef[]) : unique(concerns.flat());
}

/** Whether an event says of a module that it is complete, as a fact or as a claim. */
export const marksComplete = ({ facts, claim, decision }: InterpretedEvent, moduleSlug: string): boolean =>
  isWaiverOf(decision, moduleSlug) ||
  (claim?.claimed.type === "module" && claim.claimed.slug === moduleSlug) ||
  facts.some(
    ({ entity: { type, slug }, facts: stated }) =>
      type === "module" && slug === moduleSlug && stated.marks !== undefined,
  );

const isWaiverOf = (decision: Decision | undefined, moduleSlug: string): boolean =>
  decision?.kind === "waiver" &&
  !isWithdrawal(decision) &&
  decision.entity.type === "module" &&
  decision.entity.slug === moduleSlug;

/** The module that an event is about; reviews and sessions only name one. */
function moduleOf({ facts, claim, decision }: InterpretedEvent, progress: Progress): ModuleOutcome | undefined {
  const about = decision ? aboutOf(progress, decision).find(({ type }) => type === "module") : undefined;
  const module = about ?? claim?.claimed ?? facts[0]?.entity;
  return module?.type === "module" ? { slug: module.slug, state: stateOf(progress, module) } : undefined;
}

function outcomeOf(catalog: Catalog, progress: Progress, entity: EntityRef, event: LearningEvent): FlaggedOutcome {
  const state = stateOf(progress, entity);
  const holder = entity as EntityRef<HolderType>;
  const byFacts = termsOf(catalog, holder, progress);
  return {
    ...entity,
    title: titleOf(catalog, entity),
    state,
    standing: standingOf(catalog, holder, progress, toldTerms(catalog, holder, progress, byFacts)),
    progress: calculateHolder(catalog, holder, progress, byFacts).progress,
    newlyCompleted: state.flag?.eventId === event.identity,
  };
}
