import * as z from "zod";
import { contentHash } from "./canonical-json.ts";
import { camelKeys } from "./case.ts";
import type { InputFault } from "./errors.ts";
import { ClientId } from "./events/fields.ts";
import { EVENT_NAMES, EVENTS, type EventName, type LearningEvent } from "./events/index.ts";
import { ContactId, ContactIdentifier, type LearnerId } from "./learner.ts";
import { MINUTE_MS, millisecondsOf, type Timestamp } from "./time.ts";
import type { Warning } from "./warning.ts";

/** How far ahead of ours a page's clock may run before its time is not believed. */
const CLOCK_SKEW_MS = 5 * MINUTE_MS;
/** Before then nobody learned anything here: it is what a clock says that was never set. */
const EARLIEST_CREDIBLE = "2000-01-01T00:00:00.000Z";

const Envelope = z.object({
  eventName: z.enum(EVENT_NAMES, { error: `Expected one of ${EVENT_NAMES.join(", ")}` }),
  eventId: z.preprocess((id) => (isAbsent(id) ? undefined : id), ClientId.optional()),
  contactIdentifier: ContactIdentifier,
  payload: z.record(z.string(), z.unknown(), { error: "Expected an object" }).nullish(),
});

/** From a learner's own page: who it is need not be said, and if it is said, it must be that learner. */
const OwnEnvelope = Envelope.extend({
  contactIdentifier: z
    .object({ contactId: ContactId }, { error: "Expected an object with contactId" })
    .nullish()
    .transform((contact) => contact?.contactId),
});

export type ParsedEvent =
  /**
   * `isTimedByReceipt`: its own time does not count, and it can be told again when it is sent again. Then it happened when
   * it was first received; `event.at` is this receipt, which may not be the first.
   */
  | { ok: true; event: LearningEvent; isTimedByReceipt: boolean; warnings: Warning[] }
  | { ok: false; eventId: string | undefined; errors: InputFault[]; isForeign?: undefined }
  /** It speaks of another learner than its sender may speak of. */
  | { ok: false; eventId: string | undefined; isForeign: true };

// A beacon carries its token in its body; who vouches for an event is no part of it.
const ENVELOPE_KEYS = new Set(["eventName", "eventId", "contactIdentifier", "payload", "name", "token"]);
const isAbsent = (value: unknown) => value === undefined || value === null || value === "";

/** One flat record of fields, since they may stand at the top or in `payload`; null and "" are what pages send for "none". */
const flatten = (raw: object, payload: object) => {
  const fields = new Map<string, { value: unknown; path: string }>();
  const faults: InputFault[] = [];
  for (const [key, value] of Object.entries(payload))
    if (!isAbsent(value)) fields.set(key, { value, path: `payload.${key}` });
  for (const [key, value] of Object.entries(raw)) {
    if (ENVELOPE_KEYS.has(key) || isAbsent(value)) continue;
    const inside = fields.get(key);
    const differs = inside !== undefined && inside.value !== value;
    if (differs && key in Known) faults.push({ path: key, message: `Differs from payload.${key}; send it once` });
    // A field that is not ours may mean two things; both belong to the event.
    fields.set(differs ? `/${key}` : key, { value, path: key });
  }
  return { fields, faults };
};

/** Every field of some event. */
const Known: Record<string, unknown> = Object.assign(
  Object.create(null),
  ...Object.values(EVENTS).map(({ schema }) => schema.shape),
);

const IDENTITY_LENGTH = 32;

/** The fields of one event, whichever they are. */
type KnownFields = { ts?: Timestamp };

const faultsOf = (error: z.ZodError, pathOf: (key: string) => string = (key) => key): InputFault[] =>
  error.issues.map(({ path, message }) => {
    const [first, ...rest] = path.map(String);
    return { path: first === undefined ? "" : [pathOf(first), ...rest].join("."), message };
  });

/**
 * One event as a client sent it, checked and normalised.
 * @param raw any JSON value
 * @param receivedAt the time of receipt: stands in for a missing `ts`, one before 2000, or more than five minutes ahead
 * @param self the only learner of whom the sender may speak; without it, any
 */
export function parseEvent(raw: unknown, receivedAt: Timestamp, self?: LearnerId): ParsedEvent {
  const envelope = (self === undefined ? Envelope : OwnEnvelope).safeParse(raw);
  if (!envelope.success) return { ok: false, eventId: idIn(raw), errors: faultsOf(envelope.error) };
  const { eventName, eventId, contactIdentifier, payload } = envelope.data;
  if (self !== undefined && (contactIdentifier ?? self) !== self) return { ok: false, eventId, isForeign: true };
  const learnerId = self ?? (contactIdentifier as LearnerId);

  const { fields, faults } = flatten(raw as object, payload ?? {});
  const values = Object.fromEntries([...fields].map(([key, { value }]) => [key, value]));
  const { schema, happened } = EVENTS[eventName];
  const parsed = (schema as z.ZodType<KnownFields>).safeParse(values);
  const pathOf = (key: string) => fields.get(key)?.path ?? `payload.${key}`;
  if (!parsed.success) faults.push(...faultsOf(parsed.error, pathOf));
  else if (happened !== undefined && liesAhead((parsed.data as Record<string, Timestamp>)[happened], receivedAt))
    faults.push({
      path: pathOf(happened),
      message: "Expected a time that has come; it is more than five minutes ahead",
    });
  if (!parsed.success || faults.length > 0) return { ok: false, eventId: eventId ?? undefined, errors: faults };

  return timed({ name: eventName, eventId, learnerId, receivedAt }, values, parsed.data);
}

type Heading = { name: EventName; eventId: string | undefined; learnerId: LearnerId; receivedAt: Timestamp };

/** The event, at the time that counts by what is known of it here. */
function timed(
  { name, eventId, learnerId, receivedAt }: Heading,
  values: object,
  { ts, ...known }: KnownFields,
): ParsedEvent {
  const doubt = ts === undefined ? undefined : doubtOf(ts, receivedAt);
  const at = ts === undefined || doubt ? receivedAt : ts;
  const content = { ...values, ...known, ...(ts !== undefined && { ts }) };
  const identity = identityOf([learnerId, name], eventId, content, receivedAt);
  const event = {
    name,
    ...camelKeys(known),
    id: eventId ?? identity,
    identity,
    learnerId,
    at,
    receivedAt,
    ...(doubt?.code === "TIMESTAMP_IN_FUTURE" && { statedAt: ts }),
  };
  return {
    ok: true,
    event: event as LearningEvent,
    isTimedByReceipt: doubt !== undefined || (ts === undefined && eventId !== undefined),
    warnings: doubt ? [doubt] : [],
  };
}

/**
 * What tells an event from others. It takes the time that was sent, so that sending it again gives the same one whenever
 * it is received; one that has neither a time nor an id is new each time.
 */
function identityOf(kind: string[], eventId: string | undefined, content: KnownFields, receivedAt: Timestamp): string {
  if (eventId !== undefined) return contentHash([...kind, eventId, content], IDENTITY_LENGTH);
  return contentHash([...kind, { ...content, ts: content.ts ?? receivedAt }], IDENTITY_LENGTH);
}

const liesAhead = (time: Timestamp | undefined, receivedAt: Timestamp): boolean =>
  time !== undefined && millisecondsOf(time) - millisecondsOf(receivedAt) > CLOCK_SKEW_MS;

type Doubt = Warning & { code: "TIMESTAMP_TOO_OLD" | "TIMESTAMP_IN_FUTURE" };

/** Why a time that was sent does not count, if it does not. */
export function doubtOf(ts: Timestamp, receivedAt: Timestamp): Doubt | undefined {
  const stands = "the time of first receipt stands instead";
  if (ts < EARLIEST_CREDIBLE)
    return { code: "TIMESTAMP_TOO_OLD", message: `ts ${ts} is before the year 2000; ${stands}` };
  if (!liesAhead(ts, receivedAt)) return undefined;
  return { code: "TIMESTAMP_IN_FUTURE", message: `ts ${ts} is more than five minutes in the future; ${stands}` };
}

/** The id that an event gives itself, read or not. */
export const idIn = (raw: unknown): string | undefined => {
  const id = typeof raw === "object" && raw !== null && "eventId" in raw ? raw.eventId : undefined;
  return typeof id === "string" ? id.slice(0, 128) : undefined;
};
