import type { SentEvent } from "../oracle.ts";
import { momentOf } from "./calendar.ts";

/** An event or decision as it was sent, when it was received, and whether the learner's own token sent it. */
export type Receipt = { event: SentEvent; receivedAt: string; own?: boolean };

/** One event, sent once or more. */
export type Sent = {
  identity: string;
  name: string;
  id: string | undefined;
  at: string;
  receivedAt: string;
  own: boolean;
  sender: string;
  field: (name: string) => unknown;
};

type Contact = { contactId?: string; email?: string };
const FIVE_MINUTES = 5 * 60_000;

export const idOf = ({ contactId, email = "" }: Contact): string => contactId ?? email.trim().toLowerCase();

const canonical = (value: unknown): string =>
  JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === "object" && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );

/** An id and a content together are one event; one without a time and an id is new each time that it is sent. */
export function identityOf({ event }: Receipt, place: number): string {
  const { eventName, eventId, contactIdentifier } = event;
  const fields = fieldsOf(event);
  const isNewEachTime = fields.ts === undefined && eventId === undefined;
  return isNewEachTime ? String(place) : canonical([eventName, eventId, idOf(contactIdentifier), fields]);
}

function fieldsOf({ eventName: _, eventId: __, contactIdentifier: ___, payload, ...top }: SentEvent) {
  return { ...payload, ...top } as Record<string, unknown>;
}

/** Each event once, in order of first receipt. */
export function eachOnce(receipts: readonly Receipt[]): Sent[] {
  const known = new Map<string, Sent>();
  for (const [place, receipt] of receipts.entries()) {
    const { event, receivedAt, own = false } = receipt;
    const identity = identityOf(receipt, place);
    const fields = fieldsOf(event);
    if (known.has(identity)) continue;
    known.set(identity, {
      identity,
      name: event.eventName.replace("learning_", ""),
      id: event.eventId,
      at: timeOf(fields.ts as string | undefined, receivedAt),
      receivedAt,
      own,
      sender: idOf(event.contactIdentifier),
      field: (name) => fields[name],
    });
  }
  return [...known.values()];
}

/** A time that is not credible counts as the first receipt's. */
function timeOf(ts: string | undefined, receivedAt: string): string {
  if (ts === undefined) return receivedAt;
  const isCredible = ts >= "2000" && Date.parse(ts) <= Date.parse(receivedAt) + FIVE_MINUTES;
  return isCredible ? momentOf(ts) : receivedAt;
}

/** Whether of some decisions the latest stands: at one moment a withdrawal wins. */
function stands(decisions: readonly Sent[]): boolean {
  const last = decisions.reduce((max, { at }) => (at > max ? at : max), "");
  const atLast = decisions.filter(({ at }) => at === last);
  return atLast.length > 0 && atLast.every((one) => one.field("withdrawn") !== true);
}

/** The one learner that an id means, and all ids that are that learner's. */
export type People = { learnerOf: (id: string) => string; idsOf: (learner: string) => string[] };

export function peopleOf(sent: readonly Sent[]): People {
  const links = sent.filter(({ name }) => name === "identity_linked");
  const aliasOf = (link: Sent) => idOf(link.field("alias") as Contact);
  const pairs = Map.groupBy(links, (link) => canonical([aliasOf(link), link.sender]));
  const live = [...pairs.values()].flatMap((decisions) => {
    const [first] = decisions as [Sent];
    return stands(decisions) ? [{ alias: aliasOf(first), learner: first.sender }] : [];
  });
  const pooled = (id: string): string[] => {
    const ids = new Set([id]);
    for (let size = 0; size < ids.size; ) {
      size = ids.size;
      for (const { alias, learner } of live) if (ids.has(alias) || ids.has(learner)) ids.add(alias).add(learner);
    }
    return [...ids].sort();
  };
  const learnerOf = (id: string): string => {
    const ids = pooled(id);
    return (
      ids.find((one) => !live.some(({ alias, learner }) => alias === one && learner !== one)) ?? (ids[0] as string)
    );
  };
  return { learnerOf, idsOf: pooled };
}

/** The events of one learner that count: those that no decision has voided. */
export function countingOf(sent: readonly Sent[], ids: readonly string[]): Sent[] {
  const own = sent.filter(({ sender }) => ids.includes(sender));
  const voids = own.filter(({ name }) => name === "event_voided");
  const isVoid = ({ id, name }: Sent) =>
    id !== undefined && name !== "event_voided" && stands(voids.filter((one) => one.field("event_id") === id));
  return own.filter((one) => one.name !== "identity_linked" && !isVoid(one));
}

/** Waivers of one entity that nobody has taken back: a withdrawal takes back every one up to its own moment. */
export const waiversIn = (decisions: readonly Sent[]): Sent[] =>
  decisions.filter(
    (one) =>
      one.field("withdrawn") !== true &&
      !decisions.some((other) => other.field("withdrawn") === true && other.at >= one.at),
  );
