import * as z from "zod";
import { contentHash } from "./canonical-json.ts";
import { type CamelKeys, camelKeys } from "./case.ts";
import type { InputFault } from "./errors.ts";
import { ContactId, ContactIdentifier, type LearnerId } from "./learner.ts";
import { RATINGS } from "./review.ts";
import { Slug } from "./slug.ts";
import { Text } from "./text.ts";
import { MINUTE_MS, millisecondsOf, type Timestamp, TimestampInput } from "./time.ts";
import type { Warning } from "./warning.ts";

/** How far ahead of ours a page's clock may run before its time is not believed. */
const CLOCK_SKEW_MS = 5 * MINUTE_MS;

const context = {
  course_slug: Slug.optional(),
  pathway_slug: Slug.optional(),
  enrollment_source: Text(200).optional(),
};

/** 0 to 100, in millionths. */
const Score = z
  .number({ error: "Expected a number" })
  .min(0, { error: "Expected 0 to 100" })
  .max(100, { error: "Expected 0 to 100" })
  .transform((score) => Math.round(score * 1e6) / 1e6);
/** More than any module has; all that a learner was given are kept in one item. */
const MAX_SCORES = 100;
const Count = z.int({ error: "Expected a whole number" }).min(0);
const Id = z
  .string()
  .regex(/^[!-"$-~]{1,128}$/, { error: "Expected 1 to 128 printable ASCII characters without spaces or #" });

const arm = <Name extends string, Shape extends z.ZodRawShape>(name: Name, shape: Shape) =>
  z.object({ name: z.literal(name), ts: TimestampInput.optional(), ...context }).extend(shape);

/** What each event needs, besides who and when. Field names are those of the wire. */
export const Fields = z.discriminatedUnion("name", [
  arm("learning_pathway_enrolled", { pathway_slug: Slug }),
  arm("learning_course_enrolled", { course_slug: Slug }),
  arm("learning_module_recommended", { module_slug: Slug }),
  arm("learning_module_started", { module_slug: Slug }),
  arm("learning_module_progressed", { module_slug: Slug, step: Text(200) }),
  arm("learning_task_submitted", {
    module_slug: Slug,
    task_slug: Slug,
    score: Score.optional(),
    attested: z.literal(true, { error: "Expected true" }).optional(),
    answers: z.record(z.string(), z.unknown(), { error: "Expected an object from question to answer" }).optional(),
  }).refine(
    ({ score, attested, answers }) => [score, attested, answers].filter((given) => given !== undefined).length === 1,
    {
      path: ["score"],
      error: "Expected one of score, attested and answers",
    },
  ),
  arm("learning_module_scored", {
    module_slug: Slug,
    scores: z
      .record(Slug, Score, { error: "Expected an object from component to score" })
      .refine((scores) => Object.keys(scores).length > 0, { error: "Expected at least one score" })
      .refine((scores) => Object.keys(scores).length <= MAX_SCORES, { error: `Expected at most ${MAX_SCORES} scores` }),
  }),
  arm("learning_module_completed", { module_slug: Slug, completion_data: z.json().optional() }),
  arm("learning_course_completed", { course_slug: Slug, completed_at: TimestampInput.optional() }),
  arm("learning_pathway_completed", { pathway_slug: Slug, completed_at: TimestampInput.optional() }),
  arm("learning_page_viewed", { content_type: Text(100), slug: Slug }),
  arm("learning_session_started", {
    session_id: Id,
    session_type: Text(100),
    module_slug: Slug.optional(),
    source: Text(200).optional(),
    language: Text(100).optional(),
  }),
  arm("learning_session_ended", {
    session_id: Id,
    session_type: Text(100),
    items_studied: Count.optional(),
    items_correct: Count.optional(),
  }),
  arm("learning_item_reviewed", {
    module_slug: Slug,
    item_id: Id,
    rating: z.enum(RATINGS, { error: `Expected one of ${RATINGS.join(", ")}` }),
  }),
]);
type Fields = z.infer<typeof Fields>;

export const EVENT_NAMES = Fields.options.map((option) => option.shape.name.value);

const Envelope = z.object({
  eventName: z.enum(EVENT_NAMES, { error: `Expected one of ${EVENT_NAMES.join(", ")}` }),
  eventId: z.preprocess((id) => (isAbsent(id) ? undefined : id), Id.optional()),
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

type InCamelCase<T> = T extends unknown ? Omit<CamelKeys<T>, "ts"> : never;

/** A learning event: its fields in camelCase, `at` the moment when it happened. */
export type LearningEvent = InCamelCase<Fields> & { id: string; learnerId: LearnerId; at: Timestamp };

export type ParsedEvent =
  | { ok: true; event: LearningEvent; warnings: Warning[] }
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

const Known: Record<string, unknown> = Object.assign(
  Object.create(null),
  ...Fields.options.map((option) => option.shape),
);

const faultsOf = (error: z.ZodError, pathOf: (key: string) => string = (key) => key): InputFault[] =>
  error.issues.map(({ path, message }) => {
    const [first, ...rest] = path.map(String);
    return { path: first === undefined ? "" : [pathOf(first), ...rest].join("."), message };
  });

/**
 * One event as a client sent it, checked and normalised.
 * @param raw any JSON value
 * @param receivedAt the time of receipt: stands in for a missing `ts`, or one more than five minutes ahead of it
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
  const parsed = Fields.safeParse({ ...values, name: eventName });
  if (!parsed.success || faults.length > 0) {
    const errors = parsed.success ? [] : faultsOf(parsed.error, (key) => fields.get(key)?.path ?? `payload.${key}`);
    return { ok: false, eventId: eventId ?? undefined, errors: [...faults, ...errors] };
  }

  const { ts, ...known } = parsed.data;
  const { at, warnings } = occurredAt(ts, receivedAt);
  // The hash takes the time that was sent, so that sending it again gives the same id whenever it is received.
  const { name, ...normalised } = known;
  const id = eventId ?? contentHash([learnerId, name, { ...values, ...normalised, ts: ts ?? receivedAt }], 32);
  return { ok: true, event: { ...camelKeys(known), id, learnerId, at } as LearningEvent, warnings };
}

function occurredAt(ts: Timestamp | undefined, receivedAt: Timestamp): { at: Timestamp; warnings: Warning[] } {
  if (ts === undefined || millisecondsOf(ts) - millisecondsOf(receivedAt) <= CLOCK_SKEW_MS)
    return { at: ts ?? receivedAt, warnings: [] };
  const message = `ts ${ts} is more than five minutes in the future; the time of receipt, ${receivedAt}, stands instead`;
  return { at: receivedAt, warnings: [{ code: "TIMESTAMP_IN_FUTURE", message }] };
}

const idIn = (raw: unknown): string | undefined => {
  const id = typeof raw === "object" && raw !== null && "eventId" in raw ? raw.eventId : undefined;
  return typeof id === "string" ? id.slice(0, 128) : undefined;
};
