import * as z from "zod";
import { type CamelKeys, camelKeys, snakeKeys } from "../model/case.ts";
import { type Decided, type Decision, isWithdrawal, type Regrade } from "../model/decision.ts";
import { isTimestamp, type Timestamp } from "../model/time.ts";
import { identityOfDecision } from "./keys.ts";

/** An item as the stores give it, and what is wrong with one. */
type Item = Record<string, unknown>;
type ItemFault = { entity: string; reason: string };

const Time = z.custom<Timestamp>(isTimestamp);
const Withdrawn = z.literal(true).optional();
const who = { event_id: z.string(), at: Time, received_at: Time, by: z.string(), reason: z.string() };

/** What a text says as JSON; undefined where it is none. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * Whether the id's own item has to tell of a decision, because lists of many learners must leave out what it voids and
 * cannot ask each of them. It is noted first:
 *   t1 A keeps a void, and crashes   t2 a list asks A's learner for no decisions, and shows what is void
 */
export const isNotedAtId = (decision: Decision): boolean => decision.kind === "void" && !isWithdrawal(decision);

const StoredDecision = z.discriminatedUnion("kind", [
  z.object({
    ...who,
    kind: z.literal("waiver"),
    type: z.enum(["module", "course", "pathway"]),
    slug: z.string(),
    completed_at: Time.optional(),
    withdrawn: Withdrawn,
  }),
  z.object({
    ...who,
    kind: z.literal("grant"),
    module_slug: z.string(),
    task_slug: z.string(),
    count: z.int(),
  }),
  z.object({ ...who, kind: z.literal("void"), voids: z.string(), withdrawn: Withdrawn }),
  z.object({ ...who, kind: z.literal("link"), alias: z.string(), withdrawn: Withdrawn }),
  z.object({
    ...who,
    kind: z.literal("grade"),
    answer_id: z.string(),
    answer: z.string(),
    answered_at: Time,
    module_slug: z.string(),
    task_slug: z.string(),
    first_score: z.number(),
    score: z.number(),
    questions: z
      .string()
      .transform(parsed)
      .pipe(z.array(z.object({ id: z.string(), correct: z.boolean(), points: z.number() }))),
    quiz_version: z.string(),
  }),
  z.object({ ...who, kind: z.literal("reset"), type: z.enum(["course", "pathway"]), slug: z.string() }),
]);

/** A decision as attributes; its identity is in the key. */
export function decisionAttributes({ identity: _, ...decision }: Decision): Item {
  // As text, because items are read with every event of their learner, and a list of objects takes twice the room.
  if (decision.kind === "grade") return { ...snakeKeys(decision), questions: JSON.stringify(decision.questions) };
  if (!("entity" in decision)) return snakeKeys(decision);
  const { entity, ...rest } = decision;
  return { ...snakeKeys(rest), ...entity };
}

/** The decision in an item, or why it cannot be believed. */
export function decisionOf(item: Item): Decision | ItemFault {
  const parsed = StoredDecision.safeParse(item);
  const entity = String(item.entity);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    return { entity, reason: `${issue?.path.join(".") || "kind"} is ${JSON.stringify(item[String(issue?.path[0])])}` };
  }
  const { event_id: eventId, at, received_at: receivedAt, by, reason, ...rest } = parsed.data;
  return { ...decidedOf(rest), eventId, identity: identityOfDecision(entity), at, receivedAt, by, reason };
}

type Stored = Omit<z.infer<typeof StoredDecision>, keyof typeof who>;

function decidedOf(stored: Stored): Decided | Omit<Regrade, keyof CamelKeys<typeof who> | "identity"> {
  const { withdrawn } = stored as { withdrawn?: true };
  const taken = withdrawn && { withdrawn };
  // The compiler does not follow a union from which members were left out.
  const one = stored as z.infer<typeof StoredDecision>;
  switch (one.kind) {
    case "waiver": {
      const { type, slug, completed_at: completedAt } = one;
      return { kind: "waiver", entity: { type, slug }, ...(completedAt !== undefined && { completedAt }), ...taken };
    }
    case "grant":
      return { kind: "grant", moduleSlug: one.module_slug, taskSlug: one.task_slug, count: one.count };
    case "void":
      return { kind: "void", voids: one.voids, ...taken };
    case "link":
      return { kind: "link", alias: one.alias, ...taken };
    case "grade":
      return camelKeys(one);
    case "reset":
      return { kind: "reset", entity: { type: one.type, slug: one.slug } };
  }
}
