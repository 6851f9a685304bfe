import type { Attempt } from "../attempt.ts";
import type { Timestamp } from "../time.ts";

type Sent = {
  id: string;
  identity: string;
  at: Timestamp;
  receivedAt: Timestamp;
  statedAt?: Timestamp;
  moduleSlug?: string | undefined;
};

/** What the history keeps of an event, with the results that it has; those that are undefined are left out. */
export function attemptOf(
  { id: eventId, identity, at: occurredAt, receivedAt, statedAt, moduleSlug }: Sent,
  kind: Attempt["kind"],
  results: { [Name in keyof Attempt]?: Attempt[Name] | undefined },
): Attempt {
  const given = Object.fromEntries(Object.entries(results).filter(([, value]) => value !== undefined));
  const module = moduleSlug !== undefined && { moduleSlug };
  return { eventId, identity, occurredAt, receivedAt, ...(statedAt && { statedAt }), ...module, kind, ...given };
}
