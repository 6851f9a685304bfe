import { describe, expect, it } from "vitest";
import { progressTable, recordsTable, tableNames } from "../../src/store/dynamodb/tables.ts";
import { DEV, PROD, synthesize } from "../support/builders/infra.ts";
import type { Json } from "../support/processes/service.ts";

describe.each([DEV, PROD])("The tables of $prefix", (stage) => {
  const synthesized = synthesize(stage);
  const names = tableNames(stage.prefix);

  it.each([
    ["progress", progressTable(names.progress)],
    ["records", recordsTable(names.records)],
  ])("%s is the table that the store makes elsewhere: name, keys, attributes, index, projection", (_, definition) => {
    const { Properties } = synthesized.one("AWS::DynamoDB::Table", "TableName", definition.TableName);
    const { BillingMode, AttributeDefinitions, KeySchema, GlobalSecondaryIndexes } = Properties;
    const byName = (a: { AttributeName: string }, b: { AttributeName: string }) =>
      a.AttributeName.localeCompare(b.AttributeName);
    expect({
      TableName: Properties.TableName,
      BillingMode,
      AttributeDefinitions: [...AttributeDefinitions].sort(byName),
      KeySchema,
      // What an index may be asked for and what is watched of it is the deployment's.
      GlobalSecondaryIndexes: GlobalSecondaryIndexes.map(
        ({ OnDemandThroughput: _, ContributorInsightsSpecification: __, ...index }: Json) => index,
      ),
    }).toEqual({ ...definition, AttributeDefinitions: [...definition.AttributeDefinitions].sort(byName) });
  });

  it("can be put back to any second of the last 35 days, and are encrypted", () => {
    const tables = synthesized.all("AWS::DynamoDB::Table");
    expect(tables).toHaveLength(2);
    for (const { Properties } of tables)
      expect(Properties).toMatchObject({
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
        SSESpecification: { SSEEnabled: true },
      });
  });

  it("and each of their indexes can be asked for no more than the stage says, and say which keys are turned away", () => {
    const { read = 0, write = 0 } = stage.tableUnits ?? {};
    expect(write).toBeGreaterThan(0);
    for (const { Properties } of synthesized.all("AWS::DynamoDB::Table"))
      for (const each of [Properties, ...Properties.GlobalSecondaryIndexes])
        expect(each).toMatchObject({
          OnDemandThroughput: { MaxReadRequestUnits: read, MaxWriteRequestUnits: write },
          ContributorInsightsSpecification: { Enabled: true, Mode: "THROTTLED_KEYS" },
        });
  });

  it(`are ${stage.keepsData ? "" : "not "}kept when the stack goes, ${stage.keepsData ? "and" : "nor"} protected`, () => {
    for (const { Properties, DeletionPolicy } of synthesized.all("AWS::DynamoDB::Table")) {
      expect(Properties.DeletionProtectionEnabled).toBe(stage.keepsData);
      expect(DeletionPolicy).toBe(stage.keepsData ? "Retain" : "Delete");
    }
    expect(synthesized.stack.terminationProtection).toBe(stage.keepsData);
  });
});

it.each(["read", "kept"] as const)(
  "an older deployment keeps its indexes beside the others while they are %s",
  (formerIndexes) => {
    const synthesized = synthesize({ ...DEV, formerIndexes });
    const names = tableNames(DEV.prefix);
    for (const definition of [progressTable(names.progress, true), recordsTable(names.records, true)]) {
      const { Properties } = synthesized.one("AWS::DynamoDB::Table", "TableName", definition.TableName);
      expect(Properties.GlobalSecondaryIndexes.map((index: { IndexName: string }) => index.IndexName)).toEqual(
        definition.GlobalSecondaryIndexes.map(({ IndexName }) => IndexName),
      );
    }
    const http = synthesized.one("AWS::Lambda::Function", "FunctionName", `${DEV.prefix}-http`).Properties;
    expect(http.Environment.Variables.INDEXES).toBe(formerIndexes === "read" ? "former" : undefined);
  },
);

it("production keeps its data", () => expect(PROD.keepsData).toBe(true));

it("a stage that sets no maximum leaves it to the account", () => {
  const { tableUnits: _, ...stage } = DEV;
  for (const { Properties } of synthesize(stage).all("AWS::DynamoDB::Table"))
    expect(Properties).not.toHaveProperty("OnDemandThroughput");
});
