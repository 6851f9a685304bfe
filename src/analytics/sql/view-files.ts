import { readdirSync, readFileSync } from "node:fs";

const FOLDER = new URL("../views/", import.meta.url);

/** A view: the question that it answers, and the query that does. */
export type View = { name: string; question: string; query: string };

/** Other views are made of it, so it comes first. */
const FIRST = "activity";

let known: View[] | undefined;

/** Every view, those in front that others are made of. */
export function views(): readonly View[] {
  known ??= readdirSync(FOLDER)
    .filter((file) => file.endsWith(".sql"))
    .map((file) => viewIn(file.slice(0, -".sql".length), readFileSync(new URL(file, FOLDER), "utf8")))
    .sort((a, b) => Number(b.name === FIRST) - Number(a.name === FIRST) || (a.name < b.name ? -1 : 1));
  return known;
}

/** A file begins with its question, as a comment. */
function viewIn(name: string, text: string): View {
  const [first = "", ...query] = text.trimEnd().split("\n");
  return { name, question: first.replace(/^-- /, ""), query: query.join("\n") };
}
