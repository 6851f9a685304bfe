import { isSource, type Source } from "./source.ts";
import { isTimestamp, type Timestamp } from "./time.ts";

/** That somebody said of a module, without a claim, that it is complete. */
export type Mark = {
  /** When it was completed, as it was sent. */
  at: Timestamp;
  /** When we first received it. */
  receivedAt: Timestamp;
  /** Whether the catalog knew the module then. */
  known: boolean;
  /** Whether a learner's own token sent it, and no trusted server. */
  own: boolean;
  /** The event that said so; none of marks of earlier releases. */
  source?: Source;
};

const classOf = ({ known, own }: Mark): string => `${known ? "known" : "unknown"}#${own ? "own" : "trusted"}`;

const inOrder = (a: Mark, b: Mark): number => {
  const [left, right] = [encodeMark(a), encodeMark(b)];
  if (left === right) return 0;
  return left < right ? -1 : 1;
};

/** So many marks of a module are kept, whatever they say: one a week for nearly six years. */
const KEPT = 300;

/**
 * What two lists of marks say together. A mark that is received again is the same mark, received when it first was. All
 * others are kept, because a term may begin between any two of them, and any may be voided. Of more than 300 those go
 * first that are neither among the newest 100 nor the first of their class that were made or received.
 */
export function mergeMarks(a: readonly Mark[], b: readonly Mark[]): Mark[] {
  if (a.length + b.length < 2) return [...a, ...b];
  const kept = new Map<string, Mark>();
  // In order of `at`, and then of receipt: so the first of equal marks is the one that was received first.
  for (const mark of [...a, ...b].sort(inOrder)) {
    const same = `${mark.at}#${classOf(mark)}#${mark.source}`;
    if (!kept.has(same)) kept.set(same, mark);
  }
  const all = [...kept.values()];
  return all.length <= KEPT ? all : thinned(all);
}

function thinned(inOrderOfTime: readonly Mark[]): Mark[] {
  const firstReceived = new Map<string, Timestamp>();
  const newest = inOrderOfTime.length - KEPT / 3;
  return inOrderOfTime.filter((mark, index) => {
    const first = firstReceived.get(classOf(mark));
    const saysMore = first === undefined || mark.receivedAt < first;
    if (saysMore) firstReceived.set(classOf(mark), mark.receivedAt);
    return saysMore || index >= newest;
  });
}

/** As the element of a set: `2026-01-18T10:15:00.000Z#2026-01-18T10:15:01.250Z#known#own#k3Jd92Lx_-aB`. */
export const encodeMark = (mark: Mark): string => {
  const text = `${mark.at}#${mark.receivedAt}#${classOf(mark)}`;
  return mark.source === undefined ? text : `${text}#${mark.source}`;
};

/** Undefined for a text that is no mark. */
export function decodeMark(text: string): Mark | undefined {
  const [at, receivedAt, known, sender, source, ...rest] = text.split("#");
  const isMark =
    isTimestamp(at) &&
    isTimestamp(receivedAt) &&
    rest.length === 0 &&
    (source === undefined || isSource(source)) &&
    /^(un)?known#(own|trusted)$/.test(`${known}#${sender}`);
  if (!isMark) return undefined;
  const mark = { at, receivedAt, known: known === "known", own: sender === "own" };
  return source === undefined ? mark : { ...mark, source };
}

/** As a mark of which no more is known than its time: what an earlier release stored, and an accepted claim. */
export const plainMark = (at: Timestamp, source?: Source): Mark => ({
  at,
  receivedAt: at,
  known: true,
  own: false,
  ...(source !== undefined && { source }),
});
