import { syncBuiltinESMExports } from "node:module";
import timers from "node:timers/promises";
import { afterAll, beforeAll } from "vitest";

const { setTimeout: pause } = timers;

/**
 * Lets every pause of the service be over at once in the tests of a file: a pause before another round is no step of its
 * own, and without the clock a seed always gives the same order.
 */
export function withoutPauses(): void {
  const use = (setTimeout: typeof pause) => {
    Object.assign(timers, { setTimeout });
    syncBuiltinESMExports();
  };
  beforeAll(() => use((async () => {}) as typeof pause));
  afterAll(() => use(pause));
}
