import { Effect, PolicyDocument, PolicyStatement, Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import {
  Architecture,
  type CfnFunction,
  Code,
  Function as LambdaFunction,
  Runtime,
  Tracing,
} from "aws-cdk-lib/aws-lambda";
import { LogGroup } from "aws-cdk-lib/aws-logs";
import { type Duration, RemovalPolicy } from "aws-cdk-lib/core";
import { Construct } from "constructs";
import type { CatalogBucket } from "./catalog-bucket.ts";
import { except } from "./except.ts";
import type { Stage } from "./stages.ts";

const MEMORY_MB = 512;

export type FunctionOptions = {
  stage: Stage;
  /** The folder with the code. */
  code: string;
  catalog: CatalogBucket;
  /** Of the function, behind the stage's prefix. */
  name: string;
  handler: string;
  timeout: Duration;
  environment: Record<string, string>;
  statements: PolicyStatement[];
  reservedConcurrency?: number | undefined;
  /** With it comes its share of a processor: 1,769 are a whole one. */
  memoryMb?: number;
};

/** A function with a role that may do what is listed here, and nothing else. */
export class ServiceFunction extends Construct {
  readonly lambda: LambdaFunction;
  readonly timeout: Duration;

  constructor(scope: Construct, id: string, options: FunctionOptions) {
    super(scope, id);
    const { stage, code, catalog, name, handler, timeout, environment, statements, reservedConcurrency } = options;
    const { memoryMb = MEMORY_MB } = options;
    const functionName = `${stage.prefix}-${name}`;
    this.timeout = timeout;

    const logGroup = new LogGroup(this, "Logs", {
      logGroupName: `/aws/lambda/${functionName}`,
      retention: stage.logRetention,
      // Logs tell about the service, not about learners. Left behind, they would stand in the next deployment's way.
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const writeLogs = new PolicyStatement({
      effect: Effect.ALLOW,
      // The group is there already, so the function need not be able to make one.
      actions: ["logs:CreateLogStream", "logs:PutLogEvents"],
      resources: [logGroup.logGroupArn],
    });
    const readCatalog = stage.catalog ? catalog.readStatements() : [];
    const role = new Role(this, "Role", {
      assumedBy: new ServicePrincipal("lambda.amazonaws.com"),
      inlinePolicies: {
        Service: new PolicyDocument({ statements: [writeLogs, ...readCatalog, ...statements] }),
        ...(stage.tracing && { Tracing: new PolicyDocument({ statements: [writeTraces()] }) }),
      },
    });
    if (stage.tracing)
      except(role, "IAM5[Resource::*]", "X-Ray has no resources that a permission to send traces could name.");

    this.lambda = new LambdaFunction(this, "Function", {
      functionName,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      memorySize: memoryMb,
      timeout,
      code: Code.fromAsset(code),
      handler,
      role,
      logGroup,
      environment: {
        STORE: "aws",
        TABLE_PREFIX: stage.prefix,
        LOG_LEVEL: stage.logLevel,
        ...(stage.catalog && { CATALOG_URI: catalog.uri, CATALOG_TTL: String(stage.catalog.ttlSeconds) }),
        ...environment,
      },
      ...(reservedConcurrency !== undefined && { reservedConcurrentExecutions: reservedConcurrency }),
    });
    // The construct's own switch would give the role a second policy, outside of what stands above.
    if (stage.tracing) (this.lambda.node.defaultChild as CfnFunction).tracingConfig = { mode: Tracing.ACTIVE };
  }
}

const writeTraces = () =>
  new PolicyStatement({
    effect: Effect.ALLOW,
    actions: ["xray:PutTraceSegments", "xray:PutTelemetryRecords"],
    resources: ["*"],
  });
