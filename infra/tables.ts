import {
  AttributeType,
  BillingMode,
  ContributorInsightsMode,
  ProjectionType,
  Table,
  TableEncryption,
} from "aws-cdk-lib/aws-dynamodb";
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

/** Says which keys are turned away. What is read and written besides is not counted, since that is paid by the event. */
const INSIGHTS = { enabled: true, mode: ContributorInsightsMode.THROTTLED_KEYS };

function createTable(scope: Construct, id: string, definition: Definition, stage: Stage): Table {
  const { keepsData, tableUnits } = stage;
  // Of a table and of each of its indexes, which are written with it.
  const maximum = tableUnits && {
    maxReadRequestUnits: tableUnits.read,
    maxWriteRequestUnits: tableUnits.write,
  };
  const table = new Table(scope, id, {
    tableName: definition.TableName,
    ...keysOf(definition, definition.KeySchema),
    billingMode: BillingMode[definition.BillingMode],
    encryption: TableEncryption.AWS_MANAGED,
    ...maximum,
    contributorInsightsSpecification: INSIGHTS,
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
      ...maximum,
      contributorInsightsSpecification: INSIGHTS,
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
