import { isSource, type Source } from "./source.ts";
import { isTimestamp, type Timestamp } from "./time.ts";

/** A claim that was accepted: the time that it named, and when it was accepted, since the first stays. */
export type Claimed = { at: Timestamp; acceptedAt: Timestamp; source?: Source };

/** As the element of a set. */
export const encodeClaimed = ({ at, acceptedAt, source }: Claimed): string =>
  source === undefined ? `${at}#${acceptedAt}` : `${at}#${acceptedAt}#${source}`;

/** Undefined for a text that is none. */
export function decodeClaimed(text: string): Claimed | undefined {
  const [at, acceptedAt, source, ...rest] = text.split("#");
  if (!isTimestamp(at) || !isTimestamp(acceptedAt) || rest.length > 0) return undefined;
  if (source === undefined) return { at, acceptedAt };
  return isSource(source) ? { at, acceptedAt, source } : undefined;
}

/** The first that was accepted in front; of two at one moment, the earlier time. */
export const inOrderOfAcceptance = (a: Claimed, b: Claimed): number => {
  const [left, right] = [`${a.acceptedAt}#${encodeClaimed(a)}`, `${b.acceptedAt}#${encodeClaimed(b)}`];
  if (left === right) return 0;
  return left < right ? -1 : 1;
};
