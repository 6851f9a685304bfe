import { afterAll } from "vitest";

/** Stands in every event, address and token that tests send to a service; no log may ever have it. */
export const PLANTED = "planted-secret";

const PATTERNS = [new RegExp(PLANTED), /[\w.+-]+@[\w-]+\.[a-z]{2,}/i, /eyJ[\w-]{10,}\.[\w-]+/];

/** What must not be in a log: planted secrets, addresses, tokens; the lines that have them. */
export const leaksIn = (output: string): string[] =>
  output.split("\n").filter((line) => PATTERNS.some((pattern) => pattern.test(line)));

const watched: (() => string)[] = [];

/** Has the output of a service searched for secrets when its test file is over. */
export const watchOutput = (output: () => string): void => void watched.push(output);

afterAll(() => {
  const leaks = watched.flatMap((output) => leaksIn(output()));
  if (leaks.length > 0)
    throw new Error(`A service has logged what is nobody's business:\n${leaks.slice(0, 5).join("\n")}`);
});
