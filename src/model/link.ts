import { isTimestamp, type Timestamp } from "./time.ts";

/** That an id is another learner's from now on, or, withdrawn, that it is so no more. */
export type Link = { learner: string; alias: string; at: Timestamp; withdrawn: boolean };

/** As the element of a set: `["123","ada@example.com","2026-01-18T10:15:00.000Z"]`, and `,true` where it is withdrawn. */
export const encodeLink = ({ learner, alias, at, withdrawn }: Link): string =>
  JSON.stringify([learner, alias, at, ...(withdrawn ? [true] : [])]);

/** Undefined for a text that is no link. */
export function decodeLink(text: unknown): Link | undefined {
  if (typeof text !== "string" || !text.startsWith("[")) return undefined;
  try {
    const [learner, alias, at, withdrawn = false] = JSON.parse(text);
    const isLink = typeof learner === "string" && typeof alias === "string" && isTimestamp(at);
    return isLink ? { learner, alias, at, withdrawn: withdrawn === true } : undefined;
  } catch {
    return undefined;
  }
}

/** The links that stand: of what was said of two ids the latest, and of two at one moment the withdrawal. */
export function standingLinks(links: readonly Link[]): Link[] {
  const latest = new Map<string, Link>();
  for (const link of links) {
    const key = JSON.stringify([link.learner, link.alias]);
    const known = latest.get(key);
    if (known === undefined || link.at > known.at || (link.at === known.at && link.withdrawn)) latest.set(key, link);
  }
  return [...latest.values()].filter(({ learner, alias, withdrawn }) => !withdrawn && learner !== alias);
}

/** All ids that links join with one, itself among them, in code-unit order. */
export function joinedIds(id: string, standing: readonly Link[]): string[] {
  const found = new Set([id]);
  // A set's loop comes to what is added to it meanwhile.
  for (const one of found)
    for (const { learner, alias } of standing) {
      if (learner === one) found.add(alias);
      if (alias === one) found.add(learner);
    }
  return [...found].sort();
}

/**
 * The id by which the learner of joined ids goes: the one that is nobody's alias, of several the first in code-unit order;
 * in a ring the first of all.
 */
export function learnerAmong(ids: readonly string[], standing: readonly Link[]): string {
  const aliases = new Set(standing.map(({ alias }) => alias));
  const sorted = [...ids].sort();
  return sorted.find((id) => !aliases.has(id)) ?? (sorted[0] as string);
}
