import * as z from "zod";
import { DECISION_KINDS } from "../model/decision.ts";
import { Count, EntityType, More, OptionalTime, Time } from "./values.ts";

const isVoid = z.literal(true).optional().describe("Somebody took it back: it counts no longer");

export const ExplainedFact = z
  .strictObject({
    type: EntityType,
    slug: z.string(),
    fact: z.enum(["recommended", "enrolled", "started", "task", "score", "step", "mark", "claim"]),
    at: Time,
    name: z.string().optional().describe("The task, the score's component, or the step"),
    value: z
      .union([z.number(), z.literal(true)])
      .optional()
      .describe("The score; true where a task was attested"),
    received_at: Time.optional(),
    own: z.boolean().optional().describe("Of a mark: whether a learner's own token sent it"),
    known: z.boolean().optional().describe("Of a mark: whether the catalog knew the module then"),
    void: isVoid,
  })
  .describe("One thing that is stored of the entity, or of what it lists; a mark says of a module that it is complete");
export type ExplainedFact = z.infer<typeof ExplainedFact>;

export const ExplainedDecision = z
  .strictObject({
    decision: z.enum([...DECISION_KINDS, "grade"]).describe("grade: an answer was graded again"),
    event_id: z.string(),
    at: Time,
    received_at: Time,
    by: z.string().describe("Who decided: the subject of the token"),
    reason: z.string(),
    type: EntityType.optional(),
    slug: z.string().optional(),
    task_slug: z.string().optional(),
    count: Count.optional().describe("Of a grant: so many attempts more"),
    voids: z.string().optional().describe("Of a void: the event_id of what counts no longer"),
    alias: z.string().optional().describe("Of a link: the id that is this learner's"),
    completed_at: Time.optional().describe("Of a waiver of what was completed elsewhere: when"),
    score_before: z.number().optional().describe("Of a grade: what the answer was graded when it came"),
    score: z.number().optional().describe("Of a grade"),
    withdrawn: z.literal(true).optional().describe("It takes back what was decided so before"),
    void: isVoid,
  })
  .describe("What somebody decided of the entity, or of what it lists");
export type ExplainedDecision = z.infer<typeof ExplainedDecision>;

export const ExplainedTerm = z
  .strictObject({
    opens_at: OptionalTime.describe("From when on what was done counts; null for always"),
    inferred_at: Time.describe("When the facts completed it"),
    completed_at: Time.describe("The time of the flag: a claim or a waiver may give another"),
    expires_at: OptionalTime,
    next_opens_at: OptionalTime.describe("From when on what is done counts for the next term"),
    waived_by: z.string().nullable().describe("The event_id of the waiver that gives the time"),
    ended_at: OptionalTime,
    ended_by: z.enum(["expired", "reset", "renewed"]).nullable(),
  })
  .describe("A completed term, and how its times came about");
export type ExplainedTerm = z.infer<typeof ExplainedTerm>;

export const ExplainedDefinition = z
  .strictObject({
    hash: z.string().describe("Of all that its completion rests on today"),
    flag_hash: z.string().nullable().describe("Under which the flag was written; another one is an older definition"),
    content: z.looseObject({}).nullable().describe("The content file; null for what the catalog does not know"),
    entries: z
      .array(
        z.strictObject({
          type: EntityType,
          slug: z.string(),
          optional: z.boolean(),
          counted: z.boolean().describe("Whether the rule looks at it"),
          from: OptionalTime,
          until: OptionalTime,
        }),
      )
      .describe("In the order listed"),
    entries_more: More,
  })
  .describe("What it is judged by");
export type ExplainedDefinition = z.infer<typeof ExplainedDefinition>;

export const Explanation = z
  .strictObject({
    facts: z.array(ExplainedFact).describe("As stored, in order of time"),
    facts_more: More,
    decisions: z.array(ExplainedDecision).describe("In order of time"),
    decisions_more: More,
    terms: z.array(ExplainedTerm).describe("Of a course or pathway, the first in front"),
    terms_more: More,
    definition: ExplainedDefinition,
  })
  .describe("Everything that led to the flag");
export type Explanation = z.infer<typeof Explanation>;
