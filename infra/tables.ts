import { AttributeType, BillingMode, ProjectionType, Table, TableEncryption } from "aws-cdk-lib/aws-dynamodb";
import { RemovalPolicy } from "aws-cdk-lib/core";
import type { Construct } from "constructs";
import { progressTable, recordsTable, tableNames } from "../src/store/dynamodb/tables.ts";
import type { Stage } from "./stages.ts";

export type Tables = { progress: Table; records: Table };

/** Both tables, as the store itself makes them elsewhere: their keys and indexes are spelled in src/store/dynamodb/tables.ts alone. */
export function createTables(scope: Construct, stage: Stage): Tables {
  const names = tableNames(stage.prefix);
  const keepsFormer = stage.formerIndexes !== undefined;
  return {
    progress: createTable(scope, "ProgressTable", progressTable(names.progress, keepsFormer), stage),
    records: createTable(scope, "RecordsTable", recordsTable(names.records, keepsFormer), stage),
  };
}

type Definition = ReturnType<typeof progressTable> | ReturnType<typeof recordsTable>;
type Key = Definition["KeySchema"];

function createTable(scope: Construct, id: string, definition: Definition, { keepsData }: Stage): Table {
  const table = new Table(scope, id, {
    tableName: definition.TableName,
    ...keysOf(definition, definition.KeySchema),
    billingMode: BillingMode[definition.BillingMode],
    encryption: TableEncryption.AWS_MANAGED,
    pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
    deletionProtection: keepsData,
    removalPolicy: keepsData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
  });
  for (const { IndexName, KeySchema, Projection } of definition.GlobalSecondaryIndexes)
    table.addGlobalSecondaryIndex({
      indexName: IndexName,
      ...keysOf(definition, KeySchema),
      projectionType: ProjectionType[Projection.ProjectionType],
      ...("NonKeyAttributes" in Projection && { nonKeyAttributes: Projection.NonKeyAttributes }),
    });
  return table;
}

function keysOf({ AttributeDefinitions }: Definition, schema: Key) {
  const attribute = (keyType: "HASH" | "RANGE") => {
    const name = schema.find(({ KeyType }) => KeyType === keyType)?.AttributeName;
    const found = AttributeDefinitions.find(({ AttributeName }) => AttributeName === name);
    if (found === undefined) throw new TypeError(`No attribute is defined for the ${keyType} key`);
    // `S` is the store's word and the template's; the CDK has a name of its own between them.
    return { name: found.AttributeName, type: { S: AttributeType.STRING }[found.AttributeType] };
  };
  return { partitionKey: attribute("HASH"), sortKey: attribute("RANGE") };
}
