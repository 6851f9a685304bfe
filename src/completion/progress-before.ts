import { type EntityRef, entityKey } from "../model/entity.ts";
import {
  type EntityState,
  emptyProgress,
  type Facts,
  mergeFacts,
  type Progress,
  withoutListing,
} from "../model/progress.ts";
import { judgementOf, liveFacts, liveState } from "./decisions/live-facts.ts";
import { FLAG_ORDER } from "./reach.ts";

/** What the store held of the entities that a batch recorded, until then; by entity key. */
export type StatesBefore = ReadonlyMap<string, { entity: EntityRef; state: EntityState }>;

/** What was read after a batch was recorded, with the recorded entities' facts as they were before. */
export function progressBefore(stored: Progress, before: StatesBefore): Progress {
  const progress: Progress = { ...stored, ...emptyProgress() };
  for (const type of FLAG_ORDER)
    for (const [slug, state] of stored[type]) {
      const earlier = before.get(entityKey({ type, slug }))?.state;
      progress[type].set(
        slug,
        earlier
          ? liveState(
              { ...state, facts: mergeFacts(factsBefore(earlier, state), state.aliasFacts ?? {}) },
              judgementOf(stored, { type, slug }),
            )
          : state,
      );
    }
  return addStates(progress, before);
}

/**
 * What a list has of a module is no fact, and so it is what it is now. A void mark that is sent again, for example:
 *   t1 A writes the mark, and finds the module listed   t2 A reads that it is void, and takes it from the list
 *   t3 A looks again, and by what it found at first would take it from the list for ever
 * Test: decisions.properties.
 */
const factsBefore = ({ facts }: EntityState, { facts: now, listedAt }: EntityState): Facts =>
  now.completedAt === undefined && listedAt === undefined ? withoutListing(facts) : facts;

/** What is known without a read: what the writes found. */
export const knownBefore = (before: StatesBefore): Progress => addStates(emptyProgress(), before);

function addStates(progress: Progress, before: StatesBefore): Progress {
  for (const { entity, state } of before.values())
    if (!progress[entity.type].has(entity.slug))
      progress[entity.type].set(entity.slug, liveState(state, judgementOf(progress, entity)));
  return progress;
}

export const stateOf = (progress: Progress, { type, slug }: EntityRef): EntityState =>
  progress[type].get(slug) ?? { facts: {} };

/** Adds what an event states, unless it is void, with the grade that it was given last. */
export function addFacts(progress: Progress, entity: EntityRef, stated: Facts): void {
  const facts = liveFacts(stated, judgementOf(progress, entity));
  const state = stateOf(progress, entity);
  progress[entity.type].set(entity.slug, { ...state, facts: mergeFacts(state.facts, facts) });
}
