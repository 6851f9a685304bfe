import * as z from "zod";
import { Slug } from "../../../model/slug.ts";
import { Text } from "../../../model/text.ts";
import { TimestampInput } from "../../../model/time.ts";

const Name = z.string().min(1);

/** Where a value stands in a row: one of these. */
const SOURCE = {
  column: z
    .union([Name, z.int().positive()], { error: "Expected a column's heading, or its number" })
    .optional()
    .describe("The column with this heading, or the n-th, the first being 1. Of a document: the value of this key"),
  offset: z
    .int()
    .optional()
    .describe("With `columns`: so many columns to the right of the one that is named there, 0 being that one"),
  path: z
    .union([Name, z.array(Name).min(1)], { error: "Expected a path such as progress.ruby, or a list of keys" })
    .optional()
    .describe(
      "Of a document: keys with dots between them, or a list of keys. With `each` it begins at what was found there, and with `$.` before it, at the document",
    ),
  key: z.int().positive().optional().describe("With `each`: the key that its n-th `*` stands for, the first being 1"),
};
const SOURCE_NAMES = Object.keys(SOURCE) as (keyof typeof SOURCE)[];

type Shape = z.ZodRawShape;

/** A value of the row, with what else is to be known of it. */
const valueWith = <Own extends Shape>(own: Own) =>
  z
    .strictObject({ ...SOURCE, ...own })
    .refine((value) => SOURCE_NAMES.filter((name) => (value as Source)[name] !== undefined).length === 1, {
      error: `Expected one of ${SOURCE_NAMES.join(", ")}`,
    })
    .meta({ oneOf: SOURCE_NAMES.map((name) => ({ required: [name] })) });

export type Source = z.infer<z.ZodObject<typeof SOURCE>>;

const TimeZone = Name.describe("An IANA time zone, such as Europe/Berlin, for times that name none; UTC without");
const Locale = Name.describe("The language of names of months and days, such as de; en without");
const Format = z
  .union([Name, z.array(Name).min(1)], { error: "Expected a format, or a list of formats" })
  .describe(
    "`iso` (the default), `unix` (seconds), `unix_ms`, or Luxon's tokens, such as dd.MM.yyyy HH:mm; of a list the first that fits",
  );

const Moment = valueWith({ format: Format.optional(), time_zone: TimeZone.optional(), locale: Locale.optional() });

const Condition = valueWith({
  is: z.array(z.string()).min(1).optional(),
  is_not: z.array(z.string()).min(1).optional(),
  at_least: z.number().optional(),
}).refine(({ is, is_not, at_least }) => [is, is_not, at_least].filter((given) => given !== undefined).length === 1, {
  error: "Expected one of is, is_not and at_least",
});

const Score = valueWith({
  task: Slug.optional().describe("The task that the score is of, where an entity's own `task` names none"),
  component: Slug.optional().describe("In place of a task: the component of the module's score"),
  min: z.number().optional(),
  max: z.number().optional().describe("The best that can be reached; 100 without"),
  decimal: z.enum([".", ","]).optional(),
  none: z.array(z.string()).optional().describe("What stands for no score, besides an empty value, such as -"),
  at: Moment.optional().describe("When it was reached; without, `completed_at`"),
}).refine(({ task, component }) => task === undefined || component === undefined, {
  error: "Expected task or component",
});

/** The module, course or pathway that a row speaks of. */
const Target = z.union(
  [
    z.strictObject({ module: Slug, task: Slug.optional() }),
    z.strictObject({ course: Slug }),
    z.strictObject({ pathway: Slug }),
  ],
  { error: "Expected {module}, {course} or {pathway}, with a slug" },
);
const Meaning = z.union([Target, z.literal("skip")], { error: "Expected {module}, {course}, {pathway}, or skip" });

const EntityValue = valueWith({
  type: z.enum(["module", "course", "pathway"]).optional().describe("What the value is a slug of; module without"),
  values: z.record(z.string(), Meaning).optional().describe("What each value means; without, the value is a slug"),
  others: z
    .enum(["refuse", "skip", "slug"])
    .optional()
    .describe(
      "What becomes of a value that `values` has not: it is refused (the default), skipped, or taken as a slug",
    ),
});

const STATEMENT = {
  each: SOURCE.path.describe("Of a document: what is said once for everything at this path; `*` stands for any key"),
  columns: z
    .record(z.string(), Meaning)
    .optional()
    .describe("What is said once for each of these columns, which have the entities as headings"),
  entity: z.union([Target, EntityValue]).optional().describe("What the row speaks of: where it stands, or which it is"),
  as: z
    .enum(["mark", "waiver"])
    .optional()
    .describe(
      "How a module's completion is kept: as a mark (the default), or as an imported waiver, which its conditions do not check",
    ),
  when: Condition.optional().describe("What must be so for the entity to be complete"),
  completed_at: Moment.optional(),
  started_at: Moment.optional().describe("Of a module"),
  enrolled_at: Moment.optional().describe("Of a course or pathway"),
  score: z
    .union([Score, z.array(Score).min(1)])
    .optional()
    .describe("Of a module"),
};

const Learner = valueWith({ as: z.enum(["id", "email"]).optional() });

const isOneEntity = (statement: { each?: unknown; columns?: unknown; entity?: unknown }) =>
  (statement.columns === undefined) !== (statement.entity === undefined) &&
  (statement.columns === undefined || statement.each === undefined);
const ONE_ENTITY = { error: "Expected entity or columns", path: ["entity"] };

const Statement = z
  .strictObject({
    ...STATEMENT,
    learner: Learner.optional().describe("In place of the one at the top; its path begins where `each` leads"),
  })
  .refine(isOneEntity, ONE_ENTITY);
export type Statement = z.infer<typeof Statement>;
export type Meaning = z.infer<typeof Meaning>;
export type Moment = z.infer<typeof Moment>;
export type ScoreValue = z.infer<typeof Score>;
export type Condition = z.infer<typeof Condition>;
export type LearnerValue = z.infer<typeof Learner>;

/** What the rows of a file mean: who, of what, and when. */
export const Mapping = z
  .strictObject({
    $schema: z.string().optional(),
    csv: z
      .strictObject({
        delimiter: Name.optional().describe("A comma without"),
        encoding: Name.optional().describe("utf-8 without; utf-16le, windows-1252, …"),
        skip_lines: z.int().min(0).optional().describe("Lines before the one with the headings"),
      })
      .optional(),
    learner: Learner.describe("Who; its path begins at the document"),
    defaults: z
      .strictObject({
        completed_at: TimestampInput.optional().describe("For what is complete and has no time"),
        format: Format.optional(),
        time_zone: TimeZone.optional(),
        locale: Locale.optional(),
        enrollment_source: Text(200).optional(),
        reason: Text(200).optional().describe("Of imported waivers"),
      })
      .optional()
      .describe("What holds where a row, or a value of it, says nothing"),
    statements: z
      .array(Statement)
      .min(1)
      .optional()
      .describe("In place of one at the top: several, each for every row"),
    ...STATEMENT,
  })
  .refine((mapping) => mapping.statements !== undefined || isOneEntity(mapping), ONE_ENTITY)
  .refine(
    (mapping) =>
      mapping.statements === undefined ||
      Object.keys(STATEMENT).every((name) => mapping[name as keyof typeof STATEMENT] === undefined),
    { error: "Expected statements, or one statement at the top", path: ["statements"] },
  );
export type Mapping = z.infer<typeof Mapping>;

/** As a JSON Schema, for editors. */
export const mappingSchema = () => z.toJSONSchema(Mapping, { io: "input" });

/** What is said of every row. */
export function statementsOf({ statements, ...mapping }: Mapping): readonly Statement[] {
  if (statements !== undefined) return statements;
  const { each, columns, entity, as, when, completed_at, started_at, enrolled_at, score } = mapping;
  return [{ each, columns, entity, as, when, completed_at, started_at, enrolled_at, score }];
}
