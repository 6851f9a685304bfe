import { CfnWorkGroup } from "aws-cdk-lib/aws-athena";
import { ManagedPolicy, PolicyDocument, type PolicyStatement, Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import type { Bucket } from "aws-cdk-lib/aws-s3";
import { CfnSchedule } from "aws-cdk-lib/aws-scheduler";
import { CfnStateMachine } from "aws-cdk-lib/aws-stepfunctions";
import { Duration, Stack } from "aws-cdk-lib/core";
import type { Construct } from "constructs";
import { athenaViews } from "../src/analytics/sql/views.ts";
import { PSEUDONYMOUS_TABLES } from "../src/analytics/tables/index.ts";
import { allow } from "./allow.ts";
import { createAnalyticsTables } from "./analytics-tables.ts";
import { except, exceptObjects } from "./except.ts";
import type { Step } from "./export-project.ts";
import { privateBucket } from "./private-bucket.ts";
import type { AnalyticsSettings, Stage } from "./stages.ts";

/** A query that reads more is cut off: Athena is paid by the bytes that it reads, five dollars for 10^12. */
const MAX_SCANNED_BYTES = 20_000_000_000;
/** What queries answered: it can be asked again. */
const RESULTS_KEPT = Duration.days(7);

export type Analytics = { machine: CfnStateMachine; bucket: Bucket; workGroup: string; analysts: ManagedPolicy };

/**
 * Exports every night into a bucket, as tables and views that Athena reads.
 * @param exportInto the step that puts a run of the day into `runs/<day>/<table>/` of the bucket
 */
export function createAnalytics(
  scope: Construct,
  stage: Stage,
  exportInto: (bucket: Bucket, settings: AnalyticsSettings) => Step,
): Analytics | undefined {
  const settings = stage.analytics;
  if (settings === undefined) return undefined;
  const name = `${stage.prefix}-analytics`;
  const bucket = privateBucket(scope, "AnalyticsBucket", stage, {
    // Whoever was deleted is gone from here when the last run that knew them is.
    versioned: false,
    lifecycleRules: [
      { id: "runs", prefix: "runs/", expiration: Duration.days(settings.keepDays) },
      { id: "results", prefix: "results/", expiration: RESULTS_KEPT },
    ],
  });
  except(
    bucket,
    "S1",
    "Athena's and the export's own histories tell who read and wrote; learners are pseudonyms here.",
  );
  const results = bucket.s3UrlForObject("results/");
  const workGroup = new CfnWorkGroup(scope, "AnalyticsQueries", {
    name,
    recursiveDeleteOption: true,
    workGroupConfiguration: {
      enforceWorkGroupConfiguration: true,
      bytesScannedCutoffPerQuery: MAX_SCANNED_BYTES,
      publishCloudWatchMetricsEnabled: true,
      resultConfiguration: { outputLocation: results, encryptionConfiguration: { encryptionOption: "SSE_S3" } },
    },
  });
  const database = name.replaceAll("-", "_");
  const where = { name: database, runs: bucket.s3UrlForObject("runs"), keepDays: settings.keepDays };
  const tables = createAnalyticsTables(scope, where);

  const step = exportInto(bucket, settings);
  const access = new Access(scope, { bucket, workGroup: name, database });
  const role = new Role(scope, "AnalyticsRole", {
    assumedBy: new ServicePrincipal("states.amazonaws.com"),
    inlinePolicies: {
      Analytics: new PolicyDocument({
        statements: [...step.statements, ...access.query(), ...access.changeViews()],
      }),
    },
  });
  access.exceptIn(role);
  const machine = new CfnStateMachine(scope, "AnalyticsMachine", {
    stateMachineName: name,
    roleArn: role.roleArn,
    definitionString: Stack.of(scope).toJsonString(definition(scope, step, { workGroup: name, database })),
  });
  machine.addResourceDependency(workGroup);
  machine.addResourceDependency(tables);
  except(
    machine,
    "SF1",
    "Step Functions keeps the history of each execution for 90 days, which is all that is asked here.",
  );
  except(machine, "SF2", "It has two steps a night; nothing of it is on the way of a request that could be traced.");

  createSchedule(scope, name, settings, machine);
  const analysts = new ManagedPolicy(scope, "AnalystPolicy", {
    description: "Ask Waymark's exports with Athena",
    statements: access.query(),
  });
  access.exceptIn(analysts);
  return { machine, bucket, workGroup: name, analysts };
}

/** The export, and then the views anew: a release may have other ones, and to make them again changes nothing. */
function definition(scope: Construct, step: Step, { workGroup, database }: { workGroup: string; database: string }) {
  const { partition } = Stack.of(scope);
  return {
    Comment: "Exports what analysts read, and makes Athena's views",
    StartAt: "Export",
    States: {
      Export: { ...step.state, ResultPath: null, Next: "Views" },
      Views: { Type: "Pass", Result: athenaViews(PSEUDONYMOUS_TABLES), ResultPath: "$.views", Next: "MakeViews" },
      MakeViews: {
        Type: "Map",
        ItemsPath: "$.views",
        // In their order: views rest on views.
        MaxConcurrency: 1,
        ItemProcessor: {
          ProcessorConfig: { Mode: "INLINE" },
          StartAt: "MakeView",
          States: {
            MakeView: {
              Type: "Task",
              Resource: `arn:${partition}:states:::athena:startQueryExecution.sync`,
              Parameters: {
                "QueryString.$": "$",
                WorkGroup: workGroup,
                QueryExecutionContext: { Database: database },
              },
              Retry: [{ ErrorEquals: ["States.ALL"], IntervalSeconds: 10, MaxAttempts: 2, BackoffRate: 3 }],
              End: true,
            },
          },
        },
        ResultPath: null,
        End: true,
      },
    },
  };
}

function createSchedule(scope: Construct, name: string, settings: AnalyticsSettings, machine: CfnStateMachine): void {
  const role = new Role(scope, "ScheduleRole", {
    assumedBy: new ServicePrincipal("scheduler.amazonaws.com", {
      conditions: { StringEquals: { "aws:SourceAccount": Stack.of(scope).account } },
    }),
    inlinePolicies: {
      Start: new PolicyDocument({
        statements: [allow(["states:StartExecution"], machine.attrArn)],
      }),
    },
  });
  new CfnSchedule(scope, "AnalyticsSchedule", {
    name,
    description: "When analysts' tables are exported",
    scheduleExpression: settings.schedule,
    scheduleExpressionTimezone: "UTC",
    flexibleTimeWindow: { mode: "FLEXIBLE", maximumWindowInMinutes: 15 },
    target: { arn: machine.attrArn, roleArn: role.roleArn, input: "{}" },
  });
}

type Places = { bucket: Bucket; workGroup: string; database: string };

/** What it takes to ask, and to make what is asked. */
class Access {
  readonly #scope: Construct;
  readonly #places: Places;

  constructor(scope: Construct, places: Places) {
    this.#scope = scope;
    this.#places = places;
  }

  query(): PolicyStatement[] {
    const { bucket } = this.#places;
    return [
      allow(
        [
          "athena:GetQueryExecution",
          "athena:GetQueryResults",
          "athena:GetWorkGroup",
          "athena:StartQueryExecution",
          "athena:StopQueryExecution",
        ],
        this.#arn("athena", `workgroup/${this.#places.workGroup}`),
      ),
      allow(["glue:GetDatabase", "glue:GetPartitions", "glue:GetTable", "glue:GetTables"], ...this.#glue()),
      allow(["s3:GetBucketLocation", "s3:ListBucket"], bucket.bucketArn),
      allow(["s3:GetObject"], bucket.arnForObjects("runs/*")),
      allow(["s3:GetObject", "s3:PutObject"], bucket.arnForObjects("results/*")),
    ];
  }

  changeViews(): PolicyStatement[] {
    return [allow(["glue:CreateTable", "glue:UpdateTable"], ...this.#glue())];
  }

  /** Excepts, with reasons, where the names of what will be there are not known. */
  exceptIn(construct: Construct): void {
    const { partition, region, account } = Stack.of(this.#scope);
    for (const folder of ["runs", "results"])
      exceptObjects(
        construct,
        this.#places.bucket,
        `${folder}/*`,
        "Runs and answers have files of their own names; nothing else is in these two folders.",
      );
    except(
      construct,
      `IAM5[Resource::arn:<${refOf(partition)}>:glue:<${refOf(region)}>:<${refOf(account)}>:table/${this.#places.database}/*]`,
      "Athena looks up every table and view that a query names, all in this one database.",
    );
  }

  #arn(service: string, resource: string): string {
    const { partition, region, account } = Stack.of(this.#scope);
    return `arn:${partition}:${service}:${region}:${account}:${resource}`;
  }

  #glue(): string[] {
    const { database } = this.#places;
    return ["catalog", `database/${database}`, `table/${database}/*`].map((resource) => this.#arn("glue", resource));
  }
}

/** As the rules write what only AWS knows. */
const refOf = (token: string): string => /AWS\.\w+/.exec(token)?.[0].replace(".", "::") ?? token;
