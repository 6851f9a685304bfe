import type { Attempt } from "../attempt.ts";
import type { Timestamp } from "../time.ts";

type OfModule = { id: string; identity: string; at: Timestamp; receivedAt: Timestamp; moduleSlug: string };

/** What the history keeps of an event of a module, with the results that it has; those that are undefined are left out. */
export function attemptOf(
  { id: eventId, identity, at: occurredAt, receivedAt, moduleSlug }: OfModule,
  kind: Attempt["kind"],
  results: { [Name in keyof Attempt]?: Attempt[Name] | undefined },
): Attempt {
  const given = Object.fromEntries(Object.entries(results).filter(([, value]) => value !== undefined));
  return { eventId, identity, occurredAt, receivedAt, moduleSlug, kind, ...given };
}
