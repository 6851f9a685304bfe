import { readFileSync } from "node:fs";

const { scripts } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));

/** What an npm script starts with Node, word by word: Node's options, and the program. */
export const npmScript = (name: string): string[] => scripts[name].split(" ").slice(1);
