import { isDeepStrictEqual } from "node:util";
import type { Catalog } from "../catalog/catalog.ts";
import { mergeFacts, type Progress } from "../model/progress.ts";
import { calculateCompletion } from "./calculate.ts";
import { flagsSetBy } from "./event-outcome.ts";
import type { InterpretedEvent } from "./interpret-event.ts";
import { addFacts, knownBefore, type StatesBefore, stateOf } from "./progress-before.ts";
import { reachOf } from "./reach.ts";
import type { Refusal } from "./refusal.ts";
import { slugsOf } from "./resolve-progress.ts";
import { settle, withFlag } from "./settle.ts";

/** A learner's events whose facts are recorded, in order of time. */
export type RecordedBatch = {
  events: readonly InterpretedEvent[];
  before: StatesBefore;
  /** The events that settle flags: where there are any, the learner must be read. */
  settling: ReadonlySet<InterpretedEvent>;
  /** The claims that an earlier round refused. */
  refused?: ReadonlyMap<InterpretedEvent, Refusal>;
};

/**
 * Finds out which of a batch's events settle flags: some always, and steps, tasks and scores when they bring a module
 * to completion, or may have done so before.
 *
 * This is judged by what was there before the write, and once for all rounds, because a round that reads what an
 * earlier round flagged would find that the event completes nothing:
 *   t1 A records the last task of m   t2 A reads, flags m, loses the course's flag to B
 *   t3 A reads m flagged: by this reading the event completes nothing, and the course would be left to B
 * Test: ingest.interleavings, "complete what their facts complete, whatever breaks".
 */
export function recordedBatch(
  catalog: Catalog,
  before: StatesBefore,
  events: readonly InterpretedEvent[],
): RecordedBatch {
  const known = knownBefore(before);
  return { events, before, settling: new Set(events.filter((event) => settlesFlags(catalog, known, event))) };
}

/** @param known what was known before the event; the event's facts, and the flags that they set, are added to it */
function settlesFlags(catalog: Catalog, known: Progress, interpreted: InterpretedEvent): boolean {
  const { event, facts, settles } = interpreted;
  const isRepeated = mayBeRepeated(known, interpreted);
  for (const { entity, facts: stated } of facts) addFacts(known, entity, stated);
  // An event that never settles costs one write and no more, also where a crash left a flag unset.
  const stated = settles === "never" ? [] : facts;
  const scope = stated.map(({ entity }) => entity).filter(({ type }) => type === "module");
  const changes = settle(catalog, known, {
    stamp: { source: "inferred", recordedAt: "", eventId: event.identity },
    scope,
  });
  for (const { entity, after } of changes) known.module.set(entity.slug, withFlag(stateOf(known, entity), after));
  const completes = changes.length > 0 || flagsSetBy(event, known).length > 0;
  // What is stored under an alias is not known yet.
  const hasAliases = scope.some((entity) => slugsOf(catalog, entity).length > 1);
  const mayRenew = settles === "on completion" && scope.some(({ slug }) => mayCompleteTerm(catalog, known, slug));
  return settles === "always" || isRepeated || completes || hasAliases || mayRenew;
}

/**
 * Whether something that is done of a module may complete a term, though by what is known the module was complete before,
 * or is not yet: one of what holds it expires, or the module was decided about, as when an answer was graded anew.
 */
function mayCompleteTerm(catalog: Catalog, known: Progress, slug: string): boolean {
  const module = { type: "module", slug } as const;
  if (stateOf(known, module).decidedBy !== undefined) return true;
  if (!calculateCompletion(catalog, module, known).completed) return false;
  return reachOf(catalog, module).some(
    (entity) => entity.type !== "module" && catalog[entity.type].get(entity.slug)?.validFor !== undefined,
  );
}

/**
 * Whether an event says nothing new of a module that is flagged. It may have been sent before, and have flagged what
 * holds the module while another event flagged the module itself.
 */
const mayBeRepeated = (known: Progress, { facts, settles }: InterpretedEvent): boolean =>
  settles !== "never" &&
  facts.some(({ entity, facts: stated }) => {
    const state = entity.type === "module" ? known.module.get(entity.slug) : undefined;
    return state?.flag !== undefined && isDeepStrictEqual(mergeFacts(state.facts, stated), state.facts);
  });
