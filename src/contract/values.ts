import * as z from "zod";

// What answers of every family are made of. A time that is not known is null, never left out.

export const Time = z.iso.datetime({ precision: 3 }).describe("A moment in UTC with milliseconds");
export const OptionalTime = Time.nullable();

export const Count = z.int().min(0);

/** Beside a list: how many entries were left out, so that the answer is not too large. Without it, none. */
export const More = Count.optional().describe("So many more there are than the list shows");

export const EntityType = z.enum(["module", "course", "pathway"]);
export const EntityRef = z.strictObject({ type: EntityType, slug: z.string() }).describe("A module, course or pathway");
export type EntityRef = z.infer<typeof EntityRef>;

export const Ratio = z
  .strictObject({
    completed: Count,
    total: Count,
    needed: Count.describe("So many of the total complete it"),
    short_by: Count.describe("So many more would complete it; 0 where it is complete"),
  })
  .describe("How far a learner is: so many of so many entries");
export type Ratio = z.infer<typeof Ratio>;

export const Missing = z
  .strictObject({
    type: z.enum([...EntityType.options, "task", "score", "step"]),
    slug: z.string(),
    title: z.string().nullable().optional().describe("Of an entry"),
    score: z.number().optional().describe("Of a score: what it comes to so far"),
    passing_score: z.number().optional().describe("Of a score: what it must come to"),
  })
  .describe("What stands between a learner and completion: an entry, or one of a module's conditions");
export type Missing = z.infer<typeof Missing>;

/** What a module, course or pathway says of its lock. */
export const lockFields = {
  locked: z.boolean(),
  locked_by: z.array(EntityRef).describe("What must be complete before it is open"),
  locked_by_more: More,
};

export const NextCursor = z
  .string()
  .nullable()
  .describe("Where the next page begins, for `cursor`; null on the last page");
