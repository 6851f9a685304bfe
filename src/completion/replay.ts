import { isDeepStrictEqual } from "node:util";
import type { Catalog } from "../catalog/catalog.ts";
import { type EntityRef, entityKey } from "../model/entity.ts";
import type { LearningEvent } from "../model/event.ts";
import {
  emptyProgress,
  type Facts,
  type FlaggedState,
  mergeFacts,
  type Progress,
  sameFlag,
} from "../model/progress.ts";
import type { Timestamp } from "../model/time.ts";
import type { Warning } from "../model/warning.ts";
import { calculateCompletion } from "./calculate.ts";
import { validateExplicitCompletion } from "./claim.ts";
import type { Ratio } from "./completion.ts";
import { unlockedBy } from "./locks.ts";
import type { Claim, PreparedEvent, Refusal } from "./prepare.ts";
import { FLAG_ORDER, type FlagChange, reachOf, settle, touchedBy, withFlag } from "./settle.ts";

/** A course or pathway as one event left it. */
export type FlaggedOutcome = EntityRef & { state: FlaggedState; progress: Ratio; newlyCompleted: boolean };

export type ModuleOutcome = { slug: string; state: FlaggedState };

export type Acceptance = {
  accepted: true;
  module: ModuleOutcome | undefined;
  /** Other modules that the event flagged: who had brought them so far had not come to it. */
  alsoCompleted: ModuleOutcome[];
  /** The courses and pathways that the event touched. */
  flagged: FlaggedOutcome[];
  /** The modules and courses that the event's completion opened. */
  unlocked: EntityRef[];
  warnings: Warning[];
};

export type EventOutcome = Acceptance | Refusal;

/** What the store held of an entity before it recorded a batch's facts, by entity key. */
export type StatesBefore = ReadonlyMap<string, FlaggedState>;

/**
 * Applies a learner's events one after the other to what the store held before them, so that a batch has the same
 * answers as its events sent singly, although it was recorded with one write per entity and read with one Query.
 * @param stored what one Query found after the events were recorded
 * @param before what the recorded entities had until then
 * @param events in order of time
 * @returns an outcome per event, what must change in the stored flags, and the learner's progress with these changes
 */
export function replay(
  catalog: Catalog,
  stored: Progress,
  before: StatesBefore,
  events: readonly PreparedEvent[],
  recordedAt: Timestamp,
): { outcomes: EventOutcome[]; changes: FlagChange[]; progress: Progress } {
  const progress = rewound(stored, before);
  const changes = new Map<string, FlagChange>();
  const lastStatement = new Map(
    events.flatMap(({ facts }, index) => facts.map(({ entity }) => [entityKey(entity), index])),
  );

  const settleFor = ({ id }: LearningEvent, scope: readonly EntityRef[]): void => {
    const stamp = { source: "inferred", recordedAt, eventId: id } as const;
    for (const change of settle(catalog, progress, { stamp, scope })) {
      const { type, slug } = change.entity;
      progress[type].set(slug, withFlag(progress[type].get(slug) ?? { facts: {} }, change.after));
      const earlier = changes.get(entityKey(change.entity));
      changes.set(entityKey(change.entity), earlier ? { ...change, before: earlier.before } : change);
    }
  };

  const readers = readersAmong(catalog, before, events);
  let healed = false;
  const outcomes = events.map((prepared, index): EventOutcome => {
    const { event, facts, claim, warnings } = prepared;
    for (const { entity, facts: stated } of facts) {
      addFacts(progress, entity, stated);
      // What other requests recorded meanwhile is in what was read; from here on nothing of it may be missing.
      if (lastStatement.get(entityKey(entity)) === index)
        addFacts(progress, entity, stored[entity.type].get(entity.slug)?.facts ?? {});
    }
    const verdict = claim && applyClaim(catalog, progress, claim);
    // Whoever sets a flag reports it, also when it is sent again. A refusal cannot; nor can an event that, sent alone, is
    // answered without reading.
    if (verdict && !verdict.accepted) return verdict;
    if (readers.has(prepared)) {
      const reach = reachOfEvent(catalog, prepared);
      // The first one settles everything, and so heals what an earlier crash left behind.
      settleFor(event, healed ? reach : unique([...touchedBy(catalog, progress), ...reach]));
      healed = true;
    }
    return accept(catalog, progress, prepared, [...warnings, ...(verdict?.warnings ?? [])]);
  });

  const differing = [...changes.values()].filter(({ before: was, after }) => !sameFlag(was, after));
  return { outcomes, changes: differing, progress };
}

/** Outcomes of events that complete nothing: they need no read, and name no courses or pathways. */
export function acceptWithoutReading(before: StatesBefore, events: readonly PreparedEvent[]): Acceptance[] {
  const known = rewound(emptyProgress(), before);
  return events.map((prepared) => {
    for (const { entity, facts } of prepared.facts) addFacts(known, entity, facts);
    return {
      accepted: true,
      module: moduleOf(prepared, known),
      alsoCompleted: [],
      flagged: [],
      unlocked: [],
      warnings: prepared.warnings,
    };
  });
}

/** Whether events can complete something, or are answered with courses and pathways: only then a read is due. */
export const needReading = (catalog: Catalog, before: StatesBefore, events: readonly PreparedEvent[]): boolean =>
  readersAmong(catalog, before, events).size > 0;

/**
 * The events that need a read: some always, and steps, tasks and scores when they bring a module to completion, or may
 * have done so before. What was there before the write tells, and not what is read, so that a second look at what the
 * first one wrote finds the same events.
 */
function readersAmong(
  catalog: Catalog,
  before: StatesBefore,
  events: readonly PreparedEvent[],
): ReadonlySet<PreparedEvent> {
  const known = rewound(emptyProgress(), before);
  return new Set(
    events.filter((prepared) => {
      const { event, facts } = prepared;
      const isRepeated = mayBeRepeated(known, prepared);
      for (const fact of facts) addFacts(known, fact.entity, fact.facts);
      // A start settles nothing, also where a crash left a flag unset: it costs one write, and no more.
      const stated = completesNothing(event) ? [] : facts;
      const scope = stated.map(({ entity }) => entity).filter(({ type }) => type === "module");
      const changes = settle(catalog, known, {
        stamp: { source: "inferred", recordedAt: "", eventId: event.id },
        scope,
      });
      for (const { entity, after } of changes)
        known.module.set(entity.slug, withFlag(known.module.get(entity.slug) ?? { facts: {} }, after));
      const completes = changes.length > 0 || flagsOf(event, known).length > 0;
      return ALWAYS_TOUCHES.has(event.name) || isRepeated || completes;
    }),
  );
}

/**
 * Whether an event says nothing new of a module that is flagged: it may have been sent before, and have flagged what
 * holds the module while another event flagged the module itself.
 */
const mayBeRepeated = (known: Progress, { event, facts }: PreparedEvent): boolean =>
  !completesNothing(event) &&
  facts.some(({ entity: { type, slug }, facts: stated }) => {
    const state = type === "module" ? known.module.get(slug) : undefined;
    return state?.flag !== undefined && isDeepStrictEqual(mergeFacts(state.facts, stated), state.facts);
  });

/** These are answered with the courses and pathways that they concern, complete or not. */
const ALWAYS_TOUCHES = new Set<LearningEvent["name"]>([
  "learning_pathway_enrolled",
  "learning_course_enrolled",
  "learning_module_completed",
  "learning_course_completed",
  "learning_pathway_completed",
]);

function accept(catalog: Catalog, progress: Progress, prepared: PreparedEvent, warnings: Warning[]): Acceptance {
  const { event } = prepared;
  const own = flagsOf(event, progress);
  const touched = own.length > 0 || ALWAYS_TOUCHES.has(event.name) ? reachOfEvent(catalog, prepared) : [];
  const flagged = unique([...touched, ...own]).filter(({ type }) => type !== "module");
  const module = moduleOf(prepared, progress);
  // Whatever else a learner does in a complete module opens nothing.
  const completes =
    event.name === "learning_module_completed" ||
    own.some(({ type, slug }) => type === "module" && slug === module?.slug);
  const alsoCompleted = own.flatMap(({ type, slug }) =>
    type === "module" && slug !== module?.slug ? [{ slug, state: progress.module.get(slug) ?? { facts: {} } }] : [],
  );
  const completed = [...(module && completes ? [module] : []), ...alsoCompleted];
  return {
    accepted: true,
    module,
    alsoCompleted,
    flagged: flagged.map((entity) => outcomeOf(catalog, progress, entity, event)),
    unlocked: unique(completed.flatMap(({ slug }) => unlockedBy(catalog, progress, slug, own))),
    warnings,
  };
}

function applyClaim(
  catalog: Catalog,
  progress: Progress,
  { claimed, claimedAt }: Claim,
): Refusal | { accepted: true; warnings: Warning[] } {
  const states = progress[claimed.type];
  const state = states.get(claimed.slug) ?? { facts: {} };
  // A flag of an older catalog, or a mark of a module that has got conditions since, stands whatever is asked for today.
  const stands = state.flag ? state.flag.catalogVersion !== catalog.version : state.facts.completedAt !== undefined;
  if (stands) return { accepted: true, warnings: [] };
  const completion = calculateCompletion(catalog, claimed, progress);
  const verdict = validateExplicitCompletion(catalog, claimed, completion, claimedAt);
  if (!verdict.accepted)
    return state.flag ? { accepted: true, warnings: [] } : { code: "COMPLETION_NOT_REACHED", ...verdict };
  // The first accepted claim stays.
  if (state.flag?.claimedAt === undefined && state.claimedAt === undefined)
    states.set(claimed.slug, { ...state, claimedAt });
  return verdict;
}

function addFacts(progress: Progress, { type, slug }: EntityRef, facts: Facts): void {
  const state = progress[type].get(slug) ?? { facts: {} };
  progress[type].set(slug, { ...state, facts: mergeFacts(state.facts, facts) });
}

function rewound(stored: Progress, before: StatesBefore): Progress {
  const progress = emptyProgress();
  for (const type of FLAG_ORDER) {
    for (const [slug, state] of stored[type]) {
      const earlier = before.get(entityKey({ type, slug }));
      progress[type].set(slug, earlier ? { ...state, facts: earlier.facts } : state);
    }
  }
  // Without a read, what the write found is all that is known.
  for (const [key, state] of before) {
    const separator = key.indexOf("#");
    const [type, slug] = [key.slice(0, separator).toLowerCase() as EntityRef["type"], key.slice(separator + 1)];
    if (!stored[type].has(slug)) progress[type].set(slug, state);
  }
  return progress;
}

const completesNothing = ({ name }: LearningEvent): boolean =>
  name === "learning_module_started" || name === "learning_module_recommended";

/** What an event may complete; an enrolment completes nothing, but concerns what it enrols in. */
function reachOfEvent(catalog: Catalog, { event, facts, claim }: PreparedEvent): readonly EntityRef[] {
  if (claim) return reachOf(catalog, claim.claimed);
  if (completesNothing(event)) return [];
  return unique(facts.flatMap(({ entity }) => (entity.type === "module" ? reachOf(catalog, entity) : [entity])));
}

/** The module that an event is about; reviews and sessions only name one. */
function moduleOf({ facts, claim }: PreparedEvent, progress: Progress): ModuleOutcome | undefined {
  const module = claim?.claimed ?? facts[0]?.entity;
  if (module?.type !== "module") return undefined;
  return { slug: module.slug, state: progress.module.get(module.slug) ?? { facts: {} } };
}

/** The flags that this event set, now or when it was sent before. */
function flagsOf({ id }: LearningEvent, progress: Progress): EntityRef[] {
  return FLAG_ORDER.flatMap((type) =>
    [...progress[type]].flatMap(([slug, { flag }]) => (flag?.eventId === id ? [{ type, slug }] : [])),
  );
}

function outcomeOf(catalog: Catalog, progress: Progress, entity: EntityRef, event: LearningEvent): FlaggedOutcome {
  const state = progress[entity.type].get(entity.slug) ?? { facts: {} };
  return {
    ...entity,
    state,
    progress: calculateCompletion(catalog, entity, progress).progress,
    newlyCompleted: state.flag?.eventId === event.id,
  };
}

const unique = (entities: readonly EntityRef[]): EntityRef[] => [
  ...new Map(entities.map((entity) => [entityKey(entity), entity])).values(),
];
