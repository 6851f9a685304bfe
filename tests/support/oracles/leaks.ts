/** Stands in every event, address and token that tests send to a service; no log may ever have it. */
export const PLANTED = "planted-secret";

const PATTERNS = [new RegExp(PLANTED), /[\w.+-]+@[\w-]+\.[a-z]{2,}/i, /eyJ[\w-]{10,}\.[\w-]+/];

/** What must not be in a log: planted secrets, addresses, tokens; the lines that have them. */
export const leaksIn = (output: string): string[] =>
  output.split("\n").filter((line) => PATTERNS.some((pattern) => pattern.test(line)));
