import * as z from "zod";
import type { CamelKeys } from "../case.ts";
import type { LearnerId } from "../learner.ts";
import type { Scope } from "../scope.ts";
import type { Timestamp } from "../time.ts";
import { COMMON_FIELDS } from "./fields.ts";
import type { Claim, Statement } from "./statement.ts";

type Shape = z.ZodRawShape;
type AllFields<Own extends Shape> = Omit<typeof COMMON_FIELDS, keyof Own> & Own;

/**
 * What every event has: who, when (`at`) and which; `moduleSlug` where it names a module. `id` is what its sender calls
 * it, and `identity` what makes two events the same: a digest of the id and all content. `statedAt` is the time that it
 * gives itself, where that lay ahead when it was received: then it does not count, but it will once it is credible.
 */
type Identity = {
  id: string;
  identity: string;
  learnerId: LearnerId;
  at: Timestamp;
  receivedAt: Timestamp;
  statedAt?: Timestamp;
  moduleSlug?: string | undefined;
  /** Who decided, of a decision. */
  by?: string | undefined;
};

/** An event of one kind: its fields in camelCase. */
export type EventOf<Name extends string, Own extends Shape> = { name: Name } & Identity &
  Omit<CamelKeys<z.output<z.ZodObject<AllFields<Own>>>>, "ts">;

/** What one kind of event says, part by part; a part that is left out is not said. `Statement` tells what each means. */
type Parts<Event> = {
  [Part in Exclude<keyof Statement, "claim" | "settles" | "followsOrder">]?: (event: Event) => Statement[Part];
} & {
  claim?: { when: "always" | "conditional"; of: (event: Event) => Claim };
  // These two have no safe default, so that each event must answer them.
  settles: Statement["settles"];
  followsOrder: boolean;
};

type Check<Own extends Shape> = {
  isSound: (fields: z.output<z.ZodObject<AllFields<Own>>>) => boolean;
  /** The field that a fault is shown at. */
  path: keyof Own & string;
  error: string;
};

type Spec<Name extends string, Own extends Shape> = Parts<EventOf<Name, Own>> & {
  name: Name;
  fields: Own;
  /** What must be true of several fields together. */
  check?: Check<Own>;
  /** A field that tells when something happened, and so cannot lie ahead. */
  happened?: keyof Own & string;
  /** The least that it needs, as a page sends it. */
  example: z.input<z.ZodObject<Own>>;
  /** Who may decide so, of a decision: whoever may write for anyone, or administrators alone. */
  needs?: keyof typeof DECIDERS;
};

/** Any one of these scopes will do. */
const DECIDERS = {
  write: ["waymark:write", "waymark:admin"],
  admin: ["waymark:admin"],
} as const satisfies Record<string, readonly Scope[]>;

/** `Fields` are what it takes on the wire. */
export type EventDefinition<Name extends string, Event, Fields = object> = {
  name: Name;
  schema: z.ZodType<object, Fields> & { shape: Shape };
  example: object;
  happened: string | undefined;
  /** The scopes of which a sender needs one; undefined for what learners' own pages send. */
  needs: readonly Scope[] | undefined;
  statementOf: (event: Event) => Statement;
};

/** One kind of event: which fields it has, and what it says of a learner. */
export function defineEvent<const Name extends string, Own extends Shape>(
  spec: Spec<Name, Own>,
): EventDefinition<Name, EventOf<Name, Own>, z.input<z.ZodObject<AllFields<Own>>>> {
  const { name, fields, check, example, claim, settles, followsOrder } = spec;
  const plain = z.object({ ...COMMON_FIELDS, ...fields });
  const schema = check
    ? plain.refine((value) => check.isSound(value as never), { path: [check.path], error: check.error })
    : plain;
  const statementOf = (event: EventOf<Name, Own>): Statement => ({
    facts: spec.facts?.(event) ?? [],
    claim: claim && { when: claim.when, ...claim.of(event) },
    settles,
    followsOrder,
    names: spec.names?.(event) ?? [],
    assertion: spec.assertion?.(event),
    sentScores: spec.sentScores?.(event) ?? [],
    limitedBy: spec.limitedBy?.(event),
    answers: spec.answers?.(event),
    completionData: spec.completionData?.(event),
    attempt: spec.attempt?.(event),
    sessionStart: spec.sessionStart?.(event),
    sessionEnd: spec.sessionEnd?.(event),
    review: spec.review?.(event),
    view: spec.view?.(event),
    decision: spec.decision?.(event),
    lane: spec.lane?.(event),
  });
  const deciders = spec.needs && DECIDERS[spec.needs];
  // Own is open here, and so the compiler cannot see that it is the same shape.
  return { name, schema: schema as never, example, happened: spec.happened, needs: deciders, statementOf };
}
