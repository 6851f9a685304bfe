import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { convertToParquet } from "../../src/analytics/export/convert.ts";
import { ask } from "../../src/analytics/sql/answer.ts";
import { openDuckDb } from "../../src/analytics/sql/duckdb.ts";
import { viewsForAthena } from "../../src/analytics/sql/views.ts";
import { PSEUDONYMOUS_TABLES } from "../../src/analytics/tables/index.ts";
import { DEV, PROD, render, statementsOf, synthesize } from "../support/builders/infra.ts";
import { type Json, temporaryFolder } from "../support/processes/service.ts";

/** What Athena calls the types of a Parquet file. */
const ATHENA: Record<string, string> = {
  "BYTE_ARRAY UTF8": "string",
  "INT32 INT_32": "int",
  "DOUBLE null": "double",
  "BOOLEAN null": "boolean",
  "INT64 TIMESTAMP_MILLIS": "timestamp",
};

const folder = temporaryFolder();
let duckDb: Awaited<ReturnType<typeof openDuckDb>>;
beforeAll(async () => {
  await convertToParquet(folder, PSEUDONYMOUS_TABLES);
  duckDb = await openDuckDb();
});
afterAll(() => duckDb.close());

/** The columns that an export's file has. */
async function columnsInFile(table: string): Promise<[string, string | undefined][]> {
  const file = join(folder, table, "part-0.parquet");
  const { rows } = await ask(
    duckDb.connection,
    `SELECT name, type, converted_type FROM parquet_schema('${file}') WHERE type IS NOT NULL AND num_children IS NULL`,
  );
  return rows.map(([name, type, converted]) => [String(name), ATHENA[`${type} ${converted}`]]);
}

describe.each([DEV, PROD])("Analytics of $prefix", (stage) => {
  const synthesized = synthesize(stage);
  const { one, all, named } = synthesized;
  const name = `${stage.prefix}-analytics`;
  const bucket = named("AWS::S3::Bucket", "AnalyticsBucket");
  const tables: Record<string, Json> = Object.fromEntries(
    all("AWS::Glue::Table").map(({ Properties }) => [Properties.TableInput.Name, Properties.TableInput]),
  );
  const machine = named("AWS::StepFunctions::StateMachine", "AnalyticsMachine");
  const definition = JSON.parse(render(machine.Properties.DefinitionString));
  const policyOf = (roleName: string) => {
    const [policy, ...others] = named("AWS::IAM::Role", roleName).Properties.Policies;
    expect(others).toEqual([]);
    return statementsOf(policy.PolicyDocument);
  };

  it.each(PSEUDONYMOUS_TABLES)(
    "raw_$name has the columns of the files that an export writes, in their types",
    async (table) => {
      const { Columns } = tables[`raw_${table.name}`].StorageDescriptor;
      const inGlue = Columns.map((column: Json) => [column.Name, column.Type]);
      expect(inGlue).toEqual(await columnsInFile(table.name));
    },
  );

  it("there are no other tables, and none with ids", () => {
    expect(Object.keys(tables).sort()).toEqual(PSEUDONYMOUS_TABLES.map((table) => `raw_${table.name}`).sort());
    expect(tables).not.toHaveProperty("raw_learner_identity");
  });

  it.each(PSEUDONYMOUS_TABLES)(
    "raw_$name finds the run of each day that is kept where the export puts it",
    ({ name }) => {
      const { Parameters, PartitionKeys } = tables[`raw_${name}`];
      expect(PartitionKeys).toEqual([{ Name: "run", Type: "string" }]);
      expect(render(Parameters["storage.location.template"])).toBe(`s3://<${bucket.id}>/runs/\${run}/${name}/`);
      expect(Parameters).toMatchObject({
        "projection.enabled": "true",
        "projection.run.type": "date",
        "projection.run.range": `NOW-${stage.analytics?.keepDays}DAYS,NOW`,
      });
    },
  );

  it("views are those of views.athena.sql, in their order, after the export", () => {
    const sql = viewsForAthena(PSEUDONYMOUS_TABLES, "2026-01-18");
    const { Export, Views, MakeViews } = definition.States;
    expect(definition.StartAt).toBe("Export");
    expect([Export.Next, Views.Next, MakeViews.MaxConcurrency]).toEqual(["Views", "MakeViews", 1]);
    let from = 0;
    for (const statement of Views.Result) {
      from = sql.indexOf(statement, from);
      expect(from, statement).toBeGreaterThan(0);
    }
    expect(Views.Result).toHaveLength(sql.match(/^CREATE OR REPLACE VIEW/gm)?.length as number);
    const { Parameters } = MakeViews.ItemProcessor.States.MakeView;
    expect(Parameters).toMatchObject({ WorkGroup: name, "QueryString.$": "$" });
    expect(Parameters.QueryExecutionContext.Database).toBe(one("AWS::Glue::Database").Properties.DatabaseInput.Name);
  });

  it("whoever was deleted is in no view, and in no file when the runs before are gone", () => {
    const statement = definition.States.Views.Result.find((text: string) => text.includes('"export_learners" AS'));
    expect(statement).toContain("NOT IN (SELECT x.learner FROM raw_deleted_learners x");
    expect(bucket.Properties.VersioningConfiguration).toBeUndefined();
    expect(bucket.Properties.LifecycleConfiguration.Rules).toContainEqual({
      Id: "runs",
      Prefix: "runs/",
      Status: "Enabled",
      ExpirationInDays: stage.analytics?.keepDays,
    });
  });

  it("the export is the command, by the service's own settings, under a key that is kept secret, one at a time", () => {
    const { Properties } = one("AWS::CodeBuild::Project");
    const [orContent, command] = JSON.parse(render(Properties.Source.BuildSpec)).phases.build.commands;
    // An empty bucket is a state to work in, and stops no export.
    expect(orContent).toContain(`--bucket <${named("AWS::S3::Bucket", "CatalogBucket").id}> --key catalog.json`);
    expect(orContent).toMatch(/\(404\)'; then unset CATALOG_URI; fi$/);
    expect(command).toBe(
      `npm run export-analytics -- --output-dir=exports --max-rcu=${stage.analytics?.maxRcu} --to=s3://<${bucket.id}>/runs`,
    );
    const variables = Object.fromEntries(
      Properties.Environment.EnvironmentVariables.map(({ Name, Type, Value }: Json) => [Name, [Type, render(Value)]]),
    );
    expect(variables).toEqual({
      STORE: [undefined, "aws"],
      TABLE_PREFIX: [undefined, stage.prefix],
      CATALOG_URI: [undefined, `s3://<${named("AWS::S3::Bucket", "CatalogBucket").id}>/catalog.json`],
      ANALYTICS_KEY: ["SECRETS_MANAGER", `<${one("AWS::SecretsManager::Secret").id}>`],
    });
    expect(Properties.ConcurrentBuildLimit).toBe(1);
    expect(definition.States.Export).toMatchObject({
      Resource: "arn:<AWS::Partition>:states:::codebuild:startBuild.sync",
      Parameters: { ProjectName: Properties.Name },
    });
  });

  it("starts when the stage says", () => {
    const { ScheduleExpression, Target } = one("AWS::Scheduler::Schedule").Properties;
    expect(ScheduleExpression).toBe(stage.analytics?.schedule);
    expect(render(Target.Arn)).toBe(`<${machine.id}.Arn>`);
    expect(policyOf("ScheduleRole")).toMatchObject([
      { actions: ["states:StartExecution"], resources: [`<${machine.id}.Arn>`] },
    ]);
  });

  it.each(["ExportRole", "AnalyticsRole"])("%s may write into the bucket's own folders, and nowhere else", (role) => {
    const writes = policyOf(role).filter(({ actions }) => actions.includes("s3:PutObject"));
    const folder = role === "ExportRole" ? "runs" : "results";
    expect(writes.flatMap(({ resources }) => resources)).toEqual([`<${bucket.id}.Arn>/${folder}/*`]);
  });

  it("analysts may ask, and change nothing", () => {
    const statements = statementsOf(named("AWS::IAM::ManagedPolicy", "AnalystPolicy").Properties.PolicyDocument);
    const actions = statements.flatMap((statement) => statement.actions);
    expect(actions.filter((action) => /^(glue|dynamodb):(?!Get)/.test(action))).toEqual([]);
    expect(JSON.stringify(statements)).not.toContain("SecretsManager");
    expect(one("AWS::Athena::WorkGroup").Properties.WorkGroupConfiguration).toMatchObject({
      EnforceWorkGroupConfiguration: true,
      BytesScannedCutoffPerQuery: 20_000_000_000,
    });
  });
});

it("a stage without analytics has nothing of it", () => {
  const { analytics: _, ...stage } = DEV;
  const { template } = synthesize(stage);
  const theirs = /Glue|Athena|CodeBuild|StepFunctions|Scheduler|Secrets/;
  const found = Object.entries<{ Type: string }>(template.Resources).filter(([, { Type }]) => theirs.test(Type));
  // Jobs have a state machine of their own.
  expect(found.map(([id]) => id).filter((id) => !id.startsWith("Jobs"))).toEqual([]);
});
