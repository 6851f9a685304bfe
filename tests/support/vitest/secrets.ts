import { leaksIn } from "../oracles/leaks.ts";
import { atFileEnd } from "./file-end.ts";

// Benchmarks look for the same without a test's hooks.
export { leaksIn, PLANTED } from "../oracles/leaks.ts";

/** Has the output of a service searched for secrets when its test file is over. */
export const watchOutput = (output: () => string): void =>
  atFileEnd(() => {
    const leaks = leaksIn(output());
    if (leaks.length > 0)
      throw new Error(`A service has logged what is nobody's business:\n${leaks.slice(0, 5).join("\n")}`);
  });
