import { type Catalog, knows } from "../catalog/catalog.ts";
import { type EntityRef, entityKey, type FlaggedType } from "../model/entity.ts";
import type { LearningEvent } from "../model/event.ts";
import { type Facts, type FlaggedState, factsOf, mergeFacts, type Progress, sameFlag } from "../model/progress.ts";
import type { Timestamp } from "../model/time.ts";
import type { Warning } from "../model/warning.ts";
import { calculateCompletion } from "./calculate.ts";
import { validateExplicitCompletion } from "./claim.ts";
import type { Ratio } from "./completion.ts";
import { type FlagChange, reachOf, settle, touchedBy, withFlag } from "./settle.ts";

/** A course or pathway as one event left it. */
export type FlaggedOutcome = EntityRef<FlaggedType> & { state: FlaggedState; progress: Ratio; newlyCompleted: boolean };

export type EventOutcome =
  | {
      accepted: true;
      module: { slug: string; facts: Facts } | undefined;
      flagged: FlaggedOutcome[];
      warnings: Warning[];
    }
  | { accepted: false; code: "COMPLETION_NOT_REACHED"; reason: string; progress: Ratio; missing: EntityRef[] }
  | { accepted: false; code: "UNKNOWN_COURSE" | "UNKNOWN_PATHWAY"; reason: string };

/** What the store held of an entity before it recorded a batch's facts. */
export type FactsBefore = ReadonlyMap<string, Facts>;

/**
 * Applies a learner's events one after the other to what the store held before them, so that a batch has the same
 * answers as its events sent singly, although it was recorded with one write per entity and read with one Query.
 * @param stored what one Query found after the events were recorded
 * @param before the facts that the recorded entities had until then, by entity key
 * @param events in order of time
 * @returns an outcome per event, and what must change in the stored flags
 */
export function replay(
  catalog: Catalog,
  stored: Progress,
  before: FactsBefore,
  events: readonly LearningEvent[],
  recordedAt: Timestamp,
): { outcomes: EventOutcome[]; changes: FlagChange[] } {
  const progress = rewound(stored, before);
  const changes = new Map<string, FlagChange>();
  const lastStatement = new Map(
    events.flatMap((event, index) => factsOf(event).map(({ entity }) => [entityKey(entity), index])),
  );

  const settleFor = (event: LearningEvent, scope: readonly EntityRef<FlaggedType>[]): void => {
    for (const change of settle(catalog, progress, {
      stamp: { source: "inferred", recordedAt, eventId: event.id },
      scope,
    })) {
      const { type, slug } = change.entity;
      progress[type].set(slug, withFlag(progress[type].get(slug) ?? { facts: {} }, change.after));
      const earlier = changes.get(entityKey(change.entity));
      changes.set(entityKey(change.entity), earlier ? { ...change, before: earlier.before } : change);
    }
  };

  let healed = false;
  const outcomes = events.map((event, index): EventOutcome => {
    for (const { entity, facts } of factsOf(event)) {
      addFacts(progress, entity, facts);
      // What other requests recorded meanwhile is in what was read; from here on nothing of it may be missing.
      if (lastStatement.get(entityKey(entity)) === index) addFacts(progress, entity, storedFacts(stored, entity));
    }
    const claim = claimOf(event);
    const verdict = claim && applyClaim(catalog, progress, claim);
    // Whoever sets a flag reports it. A refusal cannot; nor can an event that is answered without reading when it is sent alone.
    if (verdict && !verdict.accepted) return verdict;
    const touched = needsReading(event) ? touchedByEvent(catalog, event) : [];
    if (needsReading(event)) {
      // The first one settles everything, and so heals what an earlier crash left behind.
      settleFor(event, healed ? touched : unique([...touchedBy(catalog, progress), ...touched]));
      healed = true;
    }
    return {
      accepted: true,
      module: moduleOf(event, progress),
      flagged: unique([...touched, ...flagsOf(event, progress)]).map((entity) =>
        outcomeOf(catalog, progress, entity, event),
      ),
      warnings: [...unknownEntities(catalog, event), ...(verdict?.warnings ?? [])],
    };
  });

  return { outcomes, changes: [...changes.values()].filter(({ before: was, after }) => !sameFlag(was, after)) };
}

/** Outcomes of events that can complete nothing: they need no read, and name no courses or pathways. */
export function acceptWithoutReading(
  catalog: Catalog,
  before: FactsBefore,
  events: readonly LearningEvent[],
): EventOutcome[] {
  const known: Progress = rewound({ module: new Map(), course: new Map(), pathway: new Map() }, before);
  return events.map((event) => {
    for (const { entity, facts } of factsOf(event)) addFacts(known, entity, facts);
    return { accepted: true, module: moduleOf(event, known), flagged: [], warnings: unknownEntities(catalog, event) };
  });
}

/** Whether an event can complete something, or is answered with courses and pathways: only then a read is due. */
export function needsReading({ name }: LearningEvent): boolean {
  return (
    name !== "learning_module_started" && name !== "learning_module_recommended" && name !== "learning_page_viewed"
  );
}

type Claim = { claimed: EntityRef<FlaggedType>; claimedAt: Timestamp };

function claimOf(event: LearningEvent): Claim | undefined {
  if (event.name === "learning_course_completed")
    return { claimed: { type: "course", slug: event.courseSlug }, claimedAt: event.completedAt ?? event.at };
  if (event.name === "learning_pathway_completed")
    return { claimed: { type: "pathway", slug: event.pathwaySlug }, claimedAt: event.completedAt ?? event.at };
  return undefined;
}

function applyClaim(
  catalog: Catalog,
  progress: Progress,
  { claimed, claimedAt }: Claim,
): (EventOutcome & { accepted: false }) | { accepted: true; warnings: Warning[] } {
  if (!knows(catalog, claimed)) {
    const code = claimed.type === "course" ? "UNKNOWN_COURSE" : "UNKNOWN_PATHWAY";
    return { accepted: false, code, reason: `The catalog has no ${claimed.type} ${claimed.slug}` };
  }
  const state = progress[claimed.type].get(claimed.slug) ?? { facts: {} };
  // A flag of an older catalog keeps its time, and stands whatever today's catalog asks for.
  if (state.flag && state.flag.catalogVersion !== catalog.version) return { accepted: true, warnings: [] };
  const verdict = validateExplicitCompletion(
    catalog,
    claimed,
    calculateCompletion(catalog, claimed, progress),
    claimedAt,
  );
  if (!verdict.accepted)
    return state.flag ? { accepted: true, warnings: [] } : { code: "COMPLETION_NOT_REACHED", ...verdict };
  // The first accepted claim stays.
  if (state.flag?.claimedAt === undefined && state.claimedAt === undefined)
    progress[claimed.type].set(claimed.slug, { ...state, claimedAt });
  return verdict;
}

function addFacts(progress: Progress, { type, slug }: EntityRef, facts: Facts): void {
  if (type === "module") {
    progress.module.set(slug, mergeFacts(progress.module.get(slug) ?? {}, facts));
  } else {
    const state = progress[type].get(slug) ?? { facts: {} };
    progress[type].set(slug, { ...state, facts: mergeFacts(state.facts, facts) });
  }
}

const storedFacts = (stored: Progress, { type, slug }: EntityRef): Facts =>
  (type === "module" ? stored.module.get(slug) : stored[type].get(slug)?.facts) ?? {};

function rewound(stored: Progress, before: FactsBefore): Progress {
  const progress: Progress = {
    module: new Map(stored.module),
    course: new Map(stored.course),
    pathway: new Map(stored.pathway),
  };
  for (const [key, facts] of before) {
    const [type, slug] = [key.slice(0, key.indexOf("#")).toLowerCase(), key.slice(key.indexOf("#") + 1)];
    if (type === "module") progress.module.set(slug, facts);
    else if (type === "course" || type === "pathway") progress[type].set(slug, { ...progress[type].get(slug), facts });
  }
  return progress;
}

function touchedByEvent(catalog: Catalog, event: LearningEvent): EntityRef<FlaggedType>[] {
  const claim = claimOf(event);
  if (claim) return knows(catalog, claim.claimed) ? reachOf(catalog, claim.claimed) : [];
  if (event.name === "learning_module_completed") return reachOf(catalog, { type: "module", slug: event.moduleSlug });
  return factsOf(event).flatMap(({ entity: { type, slug } }) => (type === "module" ? [] : [{ type, slug }]));
}

function moduleOf(event: LearningEvent, progress: Progress) {
  if (!("moduleSlug" in event)) return undefined;
  return { slug: event.moduleSlug, facts: progress.module.get(event.moduleSlug) ?? {} };
}

/** The flags that this event set, now or when it was sent before. */
function flagsOf({ id }: LearningEvent, progress: Progress): EntityRef<FlaggedType>[] {
  return (["course", "pathway"] as const).flatMap((type) =>
    [...progress[type]].flatMap(([slug, { flag }]) => (flag?.eventId === id ? [{ type, slug }] : [])),
  );
}

function outcomeOf(
  catalog: Catalog,
  progress: Progress,
  entity: EntityRef<FlaggedType>,
  event: LearningEvent,
): FlaggedOutcome {
  const state = progress[entity.type].get(entity.slug) ?? { facts: {} };
  return {
    ...entity,
    state,
    progress: calculateCompletion(catalog, entity, progress).progress,
    newlyCompleted: state.flag?.eventId === event.id,
  };
}

function unknownEntities(catalog: Catalog, event: LearningEvent): Warning[] {
  const named: EntityRef[] = [
    ...("moduleSlug" in event ? [{ type: "module" as const, slug: event.moduleSlug }] : []),
    ...(event.courseSlug === undefined ? [] : [{ type: "course" as const, slug: event.courseSlug }]),
    ...(event.pathwaySlug === undefined ? [] : [{ type: "pathway" as const, slug: event.pathwaySlug }]),
  ];
  return named
    .filter((entity) => !knows(catalog, entity))
    .map(({ type, slug }) => ({
      code: `UNKNOWN_${type.toUpperCase() as Uppercase<typeof type>}`,
      message: `The catalog has no ${type} ${slug} yet; what was sent is kept`,
    }));
}

const unique = (entities: EntityRef<FlaggedType>[]) => [
  ...new Map(entities.map((entity) => [entityKey(entity), entity])).values(),
];
