import { CfnDatabase, CfnTable } from "aws-cdk-lib/aws-glue";
import { Stack } from "aws-cdk-lib/core";
import type { Construct } from "constructs";
import type { Table } from "../src/analytics/tables/define-table.ts";
import { PSEUDONYMOUS_TABLES } from "../src/analytics/tables/index.ts";
import { athenaType } from "../src/analytics/tables/types.ts";

const PARQUET = {
  inputFormat: "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat",
  outputFormat: "org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat",
  serdeInfo: { serializationLibrary: "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe" },
};

type Where = {
  /** Of the database. */
  name: string;
  /** Where runs are: `s3://bucket/runs`, a folder in it for each day. */
  runs: string;
  keepDays: number;
};

/**
 * A table for each of an export's, with columns from the same definitions: nothing has to crawl the files, and nothing
 * guesses types. A run's day is its partition; Athena works out by itself which days there can be, so that a new run needs
 * no statement.
 */
export function createAnalyticsTables(scope: Construct, { name, runs, keepDays }: Where): CfnDatabase {
  const catalogId = Stack.of(scope).account;
  const database = new CfnDatabase(scope, "AnalyticsDatabase", {
    catalogId,
    databaseInput: { name, description: "What analysts read of all learners, by pseudonym" },
  });
  for (const table of PSEUDONYMOUS_TABLES) {
    const made = new CfnTable(scope, `AnalyticsTable-${table.name}`, {
      catalogId,
      databaseName: name,
      tableInput: {
        name: `raw_${table.name}`,
        description: table.about,
        tableType: "EXTERNAL_TABLE",
        partitionKeys: [{ name: "run", type: "string" }],
        parameters: {
          classification: "parquet",
          "projection.enabled": "true",
          "projection.run.type": "date",
          "projection.run.format": "yyyy-MM-dd",
          "projection.run.range": `NOW-${keepDays}DAYS,NOW`,
          "storage.location.template": `${runs}/\${run}/${table.name}/`,
        },
        storageDescriptor: { ...PARQUET, location: `${runs}/`, columns: columnsOf(table) },
      },
    });
    made.addResourceDependency(database);
  }
  return database;
}

const columnsOf = ({ columns }: Table) =>
  Object.entries(columns).map(([name, { type, means }]) => ({ name, type: athenaType(type), comment: means }));
