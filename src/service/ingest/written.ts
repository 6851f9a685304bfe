import type { InterpretedEvent } from "../../completion/interpret-event.ts";
import type { StatesBefore } from "../../completion/progress-before.ts";
import type { Refusal } from "../../completion/refusal.ts";
import { type EntityRef, entityKey } from "../../model/entity.ts";
import type { EntityState } from "../../model/progress.ts";
import { MAX_RESULTS } from "../../model/result.ts";
import type { Warning } from "../../model/warning.ts";
import type { Schedule } from "../../review/schedule-review.ts";

/** What writing a learner's events came to. */
export class Written {
  readonly refused = new Map<InterpretedEvent, Refusal>();
  readonly warnings = new Map<InterpretedEvent, Warning[]>();
  readonly reviews = new Map<InterpretedEvent, Schedule>();
  readonly #before = new Map<string, { entity: EntityRef; state: EntityState }>();

  /** What the store held of each written entity until then. */
  get before(): StatesBefore {
    return this.#before;
  }

  /** Only the first write of an entity tells what was there before all of them. */
  found(entity: EntityRef, state: EntityState): void {
    const key = entityKey(entity);
    if (!this.#before.has(key)) this.#before.set(key, { entity, state });
  }

  refuseAsFull(interpreted: InterpretedEvent, { slug }: EntityRef): void {
    const reason =
      `So much is stored of this learner's module ${slug} that no more is taken: up to ${MAX_RESULTS} results each of ` +
      "steps, tasks and scores. Look whether the names that are sent are those of the module. Do not send the event again.";
    this.refused.set(interpreted, { accepted: false, code: "MODULE_FULL", reason });
  }
}
