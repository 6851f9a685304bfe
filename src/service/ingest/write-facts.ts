import type { InterpretedEvent } from "../../completion/interpret-event.ts";
import { entityKey } from "../../model/entity.ts";
import type { LearnerId } from "../../model/learner.ts";
import { type Fact, mergeFacts } from "../../model/progress.ts";
import type { Store } from "../../store/store.ts";
import type { Limit } from "../limit-to.ts";
import type { Written } from "./written.ts";

/** Where events are written to, and what that comes to. */
export type Writing = { store: Store; learnerId: LearnerId; written: Written; limit: Limit };

/** The facts of a learner's events, with one write per entity. */
export async function writeFacts(writing: Writing, events: readonly InterpretedEvent[]): Promise<void> {
  const { store, learnerId, written, limit } = writing;
  const write = async ({ entity, facts }: Fact): Promise<void> => {
    const state = await store.addFacts(learnerId, entity, facts);
    if (typeof state === "string") await writeOneByOne(writing, entityKey(entity), events);
    else written.found(entity, state);
  };
  await Promise.all(coalesced(events).map((fact) => limit(write, fact)));
}

/** Where the facts of an entity do not fit as a whole, each event that fits is taken. Attempts stay in the history, because they were made. */
async function writeOneByOne(
  { store, learnerId, written }: Writing,
  key: string,
  events: readonly InterpretedEvent[],
): Promise<void> {
  for (const interpreted of events)
    for (const { entity, facts } of interpreted.facts) {
      if (entityKey(entity) !== key) continue;
      const state = await store.addFacts(learnerId, entity, facts);
      if (typeof state === "string") written.refuseAsFull(interpreted, entity);
      else written.found(entity, state);
    }
}

function coalesced(events: readonly InterpretedEvent[]): Fact[] {
  const stated = new Map<string, Fact>();
  for (const { entity, facts } of events.flatMap((interpreted) => interpreted.facts)) {
    // Who enrols in what is retired states nothing.
    if (Object.keys(facts).length === 0) continue;
    const key = entityKey(entity);
    stated.set(key, { entity, facts: mergeFacts(stated.get(key)?.facts ?? {}, facts) });
  }
  return [...stated.values()];
}
