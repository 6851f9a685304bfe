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
};

const classOf = ({ known, own }: Mark): string => `${known ? "known" : "unknown"}#${own ? "own" : "trusted"}`;

const inOrder = (a: Mark, b: Mark): number => {
  const [left, right] = [encodeMark(a), encodeMark(b)];
  if (left === right) return 0;
  return left < right ? -1 : 1;
};

/**
 * What two lists of marks say together, without what says nothing more. Of marks of one class it keeps each that was
 * made or received before all others, because content may ask for either, and the one that was made last.
 */
export function mergeMarks(a: readonly Mark[], b: readonly Mark[]): Mark[] {
  if (a.length + b.length < 2) return [...a, ...b];
  const kept = new Map<string, Mark>();
  const last = new Map<string, { mark: Mark; firstReceived: Timestamp }>();
  // In order of `at`, and then of receipt: so a mark says more only if it was received before all that stand before it.
  for (const mark of [...a, ...b].sort(inOrder)) {
    const before = last.get(classOf(mark));
    const saysMore = before === undefined || mark.receivedAt < before.firstReceived;
    if (saysMore) kept.set(encodeMark(mark), mark);
    const isLater = before === undefined || mark.at > before.mark.at;
    const firstReceived = saysMore ? mark.receivedAt : before.firstReceived;
    last.set(classOf(mark), { mark: isLater ? mark : before.mark, firstReceived });
  }
  for (const { mark } of last.values()) kept.set(encodeMark(mark), mark);
  return [...kept.values()].sort(inOrder);
}

/** As the element of a set: `2026-01-18T10:15:00.000Z#2026-01-18T10:15:01.250Z#known#own`. */
export const encodeMark = (mark: Mark): string => `${mark.at}#${mark.receivedAt}#${classOf(mark)}`;

/** Undefined for a text that is no mark. */
export function decodeMark(text: string): Mark | undefined {
  const [at, receivedAt, known, sender, ...rest] = text.split("#");
  const isMark =
    isTimestamp(at) &&
    isTimestamp(receivedAt) &&
    rest.length === 0 &&
    /^(un)?known#(own|trusted)$/.test(`${known}#${sender}`);
  return isMark ? { at, receivedAt, known: known === "known", own: sender === "own" } : undefined;
}

/** As a mark of which no more is known than its time: what an earlier release stored, and an accepted claim. */
export const plainMark = (at: Timestamp): Mark => ({ at, receivedAt: at, known: true, own: false });
