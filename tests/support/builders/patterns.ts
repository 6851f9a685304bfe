/** Patterns that hold up the language's own engine, each with a text of about so many letters that does. */
export const NOTORIOUS: [source: string, text: (length: number) => string][] = [
  ["^([A-Za-z]+ ?)+$", (length) => `${"a".repeat(length)}!`],
  ["^(a+)+$", (length) => `${"a".repeat(length)}!`],
  ["^(a|a)*$", (length) => `${"a".repeat(length)}!`],
  ["^(a|aa)+$", (length) => `${"a".repeat(length)}!`],
  ["(x+x+)+y", (length) => "x".repeat(length)],
  ["^(.*)*(.*)*=$", (length) => "x".repeat(length)],
  ["^(.*?,){11}P", (length) => "1,".repeat(length / 2)],
  ["^(([a-z])+.)+[A-Z]([a-z])+$", (length) => "a".repeat(length)],
  ["^([a-zA-Z0-9_.-]+)+@([a-z0-9-]+\\.)+com$", (length) => `a${".a".repeat(length / 2)}`],
  ["^(a?){25}a{25}$", (length) => `${"a".repeat(length)}!`],
];
