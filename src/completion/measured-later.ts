import type { Entry } from "../catalog/catalog.ts";
import type { Timestamp } from "../model/time.ts";
import type { Completion, Missing, Ratio } from "./completion.ts";
import type { Measure } from "./rules/evaluate.ts";

/**
 * A holder's completion that is measured when somebody asks how far it is: most want to know whether and when alone, and
 * a run asks that of every holder of every learner.
 */
export class MeasuredLater implements Completion {
  readonly completed: boolean;
  declare readonly completedAt?: Timestamp;
  readonly #measured: () => Measure<Entry>;
  #known: Measure<Entry> | undefined;

  constructor(completedAt: Timestamp | undefined, measured: () => Measure<Entry>) {
    this.completed = completedAt !== undefined;
    if (completedAt !== undefined) this.completedAt = completedAt;
    this.#measured = measured;
  }

  get progress(): Ratio {
    const { completed, total, needed, shortBy } = this.#found();
    return { completed, total, needed, shortBy: this.completed ? 0 : shortBy };
  }

  get missing(): Missing[] {
    return this.completed ? [] : this.#found().missing.map(({ type, slug }) => ({ type, slug }));
  }

  #found(): Measure<Entry> {
    this.#known ??= this.#measured();
    return this.#known;
  }
}
