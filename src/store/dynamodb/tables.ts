import type { CreateTableCommandInput } from "@aws-sdk/client-dynamodb";

export const COMPLETIONS_INDEX = "completions";
export const ATTEMPTS_INDEX = "attempts";

const string = (name: string) => ({ AttributeName: name, AttributeType: "S" as const });
const key = (partition: string, sort: string) => [
  { AttributeName: partition, KeyType: "HASH" as const },
  { AttributeName: sort, KeyType: "RANGE" as const },
];

export type TableNames = { progress: string; records: string };

export const tableNames = (prefix: string): TableNames => ({
  progress: `${prefix}-progress`,
  records: `${prefix}-records`,
});

/** Facts and flags of every learner, and the sparse index of what is complete. */
export const progressTable = (name: string) =>
  ({
    TableName: name,
    BillingMode: "PAY_PER_REQUEST",
    AttributeDefinitions: [string("learner_id"), string("entity"), string("completed_at")],
    KeySchema: key("learner_id", "entity"),
    GlobalSecondaryIndexes: [
      {
        IndexName: COMPLETIONS_INDEX,
        KeySchema: key("entity", "completed_at"),
        Projection: {
          ProjectionType: "INCLUDE",
          NonKeyAttributes: ["expires_at", "recorded_at", "completion_source", "catalog_version"],
        },
      },
    ],
  }) satisfies CreateTableCommandInput;

/** The history of every learner, apart from progress, so that a scan of progress never pays for it. */
export const recordsTable = (name: string) =>
  ({
    TableName: name,
    BillingMode: "PAY_PER_REQUEST",
    AttributeDefinitions: [
      string("learner_id"),
      string("record"),
      string("module_slug"),
      // Attempts alone have it, and so the index holds attempts alone.
      string("occurred_at"),
    ],
    KeySchema: key("learner_id", "record"),
    GlobalSecondaryIndexes: [
      {
        IndexName: ATTEMPTS_INDEX,
        KeySchema: key("module_slug", "occurred_at"),
        Projection: { ProjectionType: "INCLUDE", NonKeyAttributes: ["kind", "completion_data"] },
      },
    ],
  }) satisfies CreateTableCommandInput;
