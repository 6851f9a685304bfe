import { afterAll } from "vitest";
import { leaksIn } from "../oracles/leaks.ts";

// Benchmarks look for the same without a test's hooks.
export { leaksIn, PLANTED } from "../oracles/leaks.ts";

const watched: (() => string)[] = [];

/** Has the output of a service searched for secrets when its test file is over. */
export const watchOutput = (output: () => string): void => void watched.push(output);

afterAll(() => {
  const leaks = watched.flatMap((output) => leaksIn(output()));
  if (leaks.length > 0)
    throw new Error(`A service has logged what is nobody's business:\n${leaks.slice(0, 5).join("\n")}`);
});
