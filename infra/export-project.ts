import { CfnProject } from "aws-cdk-lib/aws-codebuild";
import { PolicyDocument, type PolicyStatement, Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { LogGroup } from "aws-cdk-lib/aws-logs";
import type { Bucket } from "aws-cdk-lib/aws-s3";
import { Asset } from "aws-cdk-lib/aws-s3-assets";
import { Secret } from "aws-cdk-lib/aws-secretsmanager";
import { IgnoreMode, RemovalPolicy, Stack } from "aws-cdk-lib/core";
import type { Construct } from "constructs";
import { allow } from "./allow.ts";
import type { CatalogBucket } from "./catalog-bucket.ts";
import { except, exceptObjects } from "./except.ts";
import { exportStatements } from "./permissions.ts";
import type { Stage } from "./stages.ts";
import type { Tables } from "./tables.ts";

/** What a step of a state machine is, and what the machine must be allowed for it. */
export type Step = { state: Record<string, unknown>; statements: PolicyStatement[] };

/** What `npm run export-analytics` needs of this repository. */
const SOURCES = ["package.json", "package-lock.json", ".npmrc", "src", "scripts", "content"];
const MINUTES = 480;

type Options = {
  stage: Stage;
  /** The folder with the repository. */
  sources: string;
  tables: Tables;
  catalog: CatalogBucket;
  bucket: Bucket;
  /** Of the stage's: the most read units a second. */
  maxRcu: number;
};

/**
 * The export as the command runs it anywhere else, on a machine that is there as long as it runs: an hour is nothing for
 * it, and DuckDB, which makes the files, is too large for a function beside the service.
 */
export function createExportProject(scope: Construct, options: Options): Step {
  const { stage, sources, tables, catalog, bucket, maxRcu } = options;
  const name = `${stage.prefix}-export`;
  const { partition, region, account } = Stack.of(scope);
  const source = new Asset(scope, "ExportSources", {
    path: sources,
    ignoreMode: IgnoreMode.DOCKER,
    exclude: ["**", ...SOURCES.map((pattern) => `!${pattern}`)],
  });
  // Another key would give other pseudonyms, so that runs could not be put side by side.
  const key = new Secret(scope, "AnalyticsKey", {
    description: `What pseudonyms in exports of ${stage.prefix} are made with`,
    generateSecretString: { passwordLength: 64, excludePunctuation: true },
    removalPolicy: stage.keepsData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
  });
  except(key, "SMG4", "A key that rotates makes other pseudonyms, by which nobody is found again in earlier runs.");
  const logs = new LogGroup(scope, "ExportLogs", {
    logGroupName: `/aws/codebuild/${name}`,
    retention: stage.logRetention,
    removalPolicy: RemovalPolicy.DESTROY,
  });
  const role = new Role(scope, "ExportRole", {
    assumedBy: new ServicePrincipal("codebuild.amazonaws.com"),
    inlinePolicies: {
      Export: new PolicyDocument({
        statements: [
          allow(["logs:CreateLogStream", "logs:PutLogEvents"], logs.logGroupArn),
          allow(["s3:GetObject", "s3:GetObjectVersion"], source.bucket.arnForObjects(source.s3ObjectKey)),
          allow(["secretsmanager:GetSecretValue"], key.secretArn),
          allow(["s3:PutObject"], bucket.arnForObjects("runs/*")),
          ...(stage.catalog ? catalog.readStatements() : []),
          ...exportStatements(tables),
        ],
      }),
    },
  });
  exceptObjects(
    role,
    bucket,
    "runs/*",
    "A run has files of its own names, in the folder of its day; nothing but runs is in there.",
  );
  const variables = {
    STORE: "aws",
    TABLE_PREFIX: stage.prefix,
    ...(stage.catalog && { CATALOG_URI: catalog.uri }),
  };
  const project = new CfnProject(scope, "ExportProject", {
    name,
    description: "Exports what analysts read, once a night",
    serviceRole: role.roleArn,
    timeoutInMinutes: MINUTES,
    // Two at once would write the same day's run.
    concurrentBuildLimit: 1,
    artifacts: { type: "NO_ARTIFACTS" },
    environment: {
      type: "ARM_CONTAINER",
      computeType: "BUILD_GENERAL1_SMALL",
      image: "aws/codebuild/amazonlinux-aarch64-standard:3.0",
      privilegedMode: false,
      environmentVariables: [
        ...Object.entries(variables).map(([variable, value]) => ({ name: variable, value })),
        { name: "ANALYTICS_KEY", type: "SECRETS_MANAGER", value: key.secretArn },
      ],
    },
    source: {
      type: "S3",
      location: `${source.s3BucketName}/${source.s3ObjectKey}`,
      buildSpec: Stack.of(scope).toJsonString({
        version: "0.2",
        phases: {
          install: { commands: ["npm ci"] },
          build: {
            commands: [
              ...(stage.catalog ? [orContent(catalog)] : []),
              `npm run export-analytics -- --output-dir=exports --max-rcu=${maxRcu} --to=${bucket.s3UrlForObject("runs")}`,
            ],
          },
        },
      }),
    },
    logsConfig: { cloudWatchLogs: { status: "ENABLED", groupName: logs.logGroupName } },
  });
  except(project, "CB4", "It has no artifacts of its own: runs go into the analytics bucket, which is encrypted.");
  return {
    state: {
      Type: "Task",
      Resource: `arn:${partition}:states:::codebuild:startBuild.sync`,
      Parameters: { ProjectName: name },
    },
    statements: [
      allow(["codebuild:StartBuild", "codebuild:StopBuild", "codebuild:BatchGetBuilds"], project.attrArn),
      // With these, Step Functions learns of the end without asking over and over.
      allow(
        ["events:PutTargets", "events:PutRule", "events:DescribeRule"],
        `arn:${partition}:events:${region}:${account}:rule/StepFunctionsGetEventForCodeBuildStartBuildRule`,
      ),
    ],
  };
}

/** As the service does: while nothing is published, the content that was deployed stands. Whatever else S3 answers is a failure. */
const orContent = ({ bucket }: CatalogBucket): string =>
  `if aws s3api head-object --bucket ${bucket.bucketName} --key catalog.json 2>&1 | grep -q '(404)'; then unset CATALOG_URI; fi`;
