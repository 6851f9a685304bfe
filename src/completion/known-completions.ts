import { type EntityRef, entityKey } from "../model/entity.ts";
import type { Completion } from "./completion.ts";
import type { Acceptance } from "./event-outcome.ts";

/**
 * What was worked out for the claims of a batch, as long as nothing changes what it follows from. A batch may claim one
 * course a hundred times: its modules are looked at once, and all refusals share one list of what is missing.
 */
export class KnownCompletions {
  readonly #completions = new Map<string, Completion>();
  readonly #unsupported = new Map<string, boolean>();
  readonly #settled = new Set<string>();
  readonly #acceptances = new Map<string, Acceptance>();

  /** What the facts say of an entity at this place in the batch. */
  of(entity: EntityRef, work: () => Completion): Completion {
    return known(this.#completions, entityKey(entity), work);
  }

  /** Whether nothing that was read bears out the flag of an entity; that does not change with the batch. */
  isUnsupported(entity: EntityRef, work: () => boolean): boolean {
    return known(this.#unsupported, entityKey(entity), work);
  }

  /** Whether a claim of the entity has been settled, and has left nothing to settle. */
  isSettled = (entity: EntityRef): boolean => this.#settled.has(entityKey(entity));
  settled = (entity: EntityRef): void => void this.#settled.add(entityKey(entity));

  /** What a claim of the entity that has set no flag comes to. */
  acceptance(entity: EntityRef, work: () => Acceptance): Acceptance {
    return known(this.#acceptances, entityKey(entity), work);
  }

  /** The learner's progress has changed. */
  changed(): void {
    this.#completions.clear();
    this.#settled.clear();
    this.#acceptances.clear();
  }
}

function known<Value extends {}>(memory: Map<string, Value>, key: string, work: () => Value): Value {
  const kept = memory.get(key);
  if (kept !== undefined) return kept;
  const value = work();
  memory.set(key, value);
  return value;
}
