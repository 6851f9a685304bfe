import { encodeMark, type Mark } from "./mark.ts";
import { encodeResult, type Result } from "./result.ts";

const LISTS = ["tasks", "scores", "steps", "marks"] as const;
type ListName = (typeof LISTS)[number];
type Lists = { tasks?: Result[]; scores?: Result[]; steps?: Result[]; marks?: Mark[] };

/** When a mark was received is no part of it here: that is known only when it comes. */
const textOf = (name: ListName, element: Result | Mark): string =>
  name === "marks"
    ? `marks ${encodeMark(element as Mark).replace(/#[^#]*/, "")}`
    : `${name} ${encodeResult(element as Result)}`;

/**
 * The results and marks among facts, as texts. An event whose `ts` lay ahead happened when it was first received; what
 * it would state at its own time is kept beside its facts in this form, so that the same event adds nothing when it
 * comes again and its time has become credible. An event with a credible time pays nothing for it.
 */
export const earlyOf = (facts: Lists): string[] =>
  LISTS.flatMap((name) => (facts[name] ?? []).map((element: Result | Mark) => textOf(name, element)));

/** Facts without the results and marks that came again. */
export function withoutEarly<Facts extends Lists>(facts: Facts, early: readonly string[]): Facts {
  if (early.length === 0) return facts;
  const again = new Set(early);
  const kept = { ...facts };
  for (const name of LISTS) {
    const list: (Result | Mark)[] | undefined = facts[name];
    if (list) Object.assign(kept, { [name]: list.filter((element) => !again.has(textOf(name, element))) });
  }
  return kept;
}

/** What two lists of such texts say together. */
export const mergeEarly = (a: readonly string[] = [], b: readonly string[] = []): string[] =>
  a.length + b.length === 0 ? [] : [...new Set([...a, ...b])].sort();
