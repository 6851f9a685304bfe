import type { CreateTableCommandInput } from "@aws-sdk/client-dynamodb";
import { LIST } from "./lists.ts";

/** Who completed what. */
export const COMPLETIONS_INDEX = "listed_completions";
/** The attempts that came with completion data: where they are, and nothing of what learners wrote. */
export const ATTEMPTS_INDEX = "listed_attempts";
/** What earlier releases had in their place: one partition for each entity. They go once nobody reads them (docs/operations.md). */
export const FORMER_COMPLETIONS_INDEX = "completions";
export const FORMER_ATTEMPTS_INDEX = "attempts";

/** Which indexes are read: those of earlier releases only until all items of an older deployment are listed. */
export type Indexes = "former" | "listed";

const string = (name: string) => ({ AttributeName: name, AttributeType: "S" as const });
const key = (partition: string, sort: string) => [
  { AttributeName: partition, KeyType: "HASH" as const },
  { AttributeName: sort, KeyType: "RANGE" as const },
];
const index = (name: string, schema: ReturnType<typeof key>, attributes: string[]) => ({
  IndexName: name,
  KeySchema: schema,
  Projection:
    attributes.length === 0
      ? { ProjectionType: "KEYS_ONLY" as const }
      : { ProjectionType: "INCLUDE" as const, NonKeyAttributes: attributes },
});

export type TableNames = { progress: string; records: string };

export const tableNames = (prefix: string): TableNames => ({
  progress: `${prefix}-progress`,
  records: `${prefix}-records`,
});

const FLAG = ["expires_at", "recorded_at", "completion_source", "catalog_version"];

/** Facts and flags of every learner, and the sparse index of what is complete. @param keepsFormer beside that of earlier releases */
export const progressTable = (name: string, keepsFormer = false) =>
  ({
    TableName: name,
    BillingMode: "PAY_PER_REQUEST",
    AttributeDefinitions: [string("learner_id"), string("entity"), string("completed_at"), string(LIST)],
    KeySchema: key("learner_id", "entity"),
    GlobalSecondaryIndexes: [
      ...(keepsFormer ? [index(FORMER_COMPLETIONS_INDEX, key("entity", "completed_at"), FLAG)] : []),
      index(COMPLETIONS_INDEX, key(LIST, "completed_at"), FLAG),
    ],
  }) satisfies CreateTableCommandInput;

/** The history of every learner, apart from progress, so that a scan of progress never pays for it. */
export const recordsTable = (name: string, keepsFormer = false) =>
  ({
    TableName: name,
    BillingMode: "PAY_PER_REQUEST",
    AttributeDefinitions: [
      string("learner_id"),
      string("record"),
      string("occurred_at"),
      string(LIST),
      ...(keepsFormer ? [string("module_slug")] : []),
    ],
    KeySchema: key("learner_id", "record"),
    GlobalSecondaryIndexes: [
      ...(keepsFormer
        ? [index(FORMER_ATTEMPTS_INDEX, key("module_slug", "occurred_at"), ["kind", "completion_data"])]
        : []),
      index(ATTEMPTS_INDEX, key(LIST, "occurred_at"), []),
    ],
  }) satisfies CreateTableCommandInput;
