import { Annotations, type App, CfnOutput, Duration, Stack } from "aws-cdk-lib/core";
import { createAlarms } from "./alarms.ts";
import { createAnalytics } from "./analytics.ts";
import { createBudget } from "./budget.ts";
import { createCatalogBucket } from "./catalog-bucket.ts";
import { createDashboard } from "./dashboard.ts";
import { EventQueue } from "./event-queue.ts";
import { createExportProject } from "./export-project.ts";
import { ServiceFunction } from "./function.ts";
import { ServiceApi } from "./http-api.ts";
import { identityVariables } from "./identity.ts";
import { Jobs } from "./jobs.ts";
import { createOperatorPolicy, httpStatements, jobStatements, queueStatements } from "./permissions.ts";
import { createSite } from "./site.ts";
import type { Stage } from "./stages.ts";
import { createTables } from "./tables.ts";

/** A store that hangs is given up, with 503, after about nine seconds; API Gateway itself gives up after thirty. */
const HTTP_TIMEOUT = Duration.seconds(25);
/** Nobody waits here; the ten messages of a batch may have much to do. */
const QUEUE_TIMEOUT = Duration.seconds(60);

export type Folders = {
  /** With the functions' code. */
  code: string;
  /** This repository, of which the export is made. */
  sources: string;
};

/** One deployment of Waymark: tables, catalog bucket, API, queue, and who watches them. */
export class WaymarkStack extends Stack {
  constructor(app: App, stage: Stage, { code, sources }: Folders) {
    super(app, stage.prefix, {
      description: `Waymark completion service (${stage.prefix})`,
      terminationProtection: stage.keepsData,
      tags: { service: stage.prefix },
    });
    warnOfExamples(this, stage);

    const tables = createTables(this, stage);
    const catalog = createCatalogBucket(this, stage);
    const common = { stage, code, catalog };

    const http = new ServiceFunction(this, "Http", {
      ...common,
      name: "http",
      handler: "index.handler",
      timeout: HTTP_TIMEOUT,
      statements: httpStatements(tables, stage),
      environment: {
        ...identityVariables(stage.identity),
        ALLOWED_ORIGINS: stage.allowedOrigins.join(","),
        CALLER_LIMITS: stage.callerLimits,
        ...(stage.formerIndexes === "read" && { INDEXES: "former" }),
      },
      reservedConcurrency: stage.httpConcurrency,
    });
    const api = new ServiceApi(this, "HttpApi", stage, http.lambda);

    const events = new EventQueue(this, "Events", stage, QUEUE_TIMEOUT);
    const queue = new ServiceFunction(this, "Queue", {
      ...common,
      name: "queue",
      handler: "queue.handler",
      timeout: QUEUE_TIMEOUT,
      statements: [...events.statements(), ...queueStatements(tables)],
      environment: { DEAD_LETTER_QUEUE_URL: events.deadLetters.queueUrl },
    });
    events.feed(queue.lambda, stage);

    const site = createSite(this, stage, api.api);
    const analytics = createAnalytics(this, stage, (bucket, { maxRcu }) =>
      createExportProject(this, { stage, sources, tables, catalog, bucket, maxRcu }),
    );

    const jobs = new Jobs(this, "Jobs", common, jobStatements(tables));
    const watched = { stage, tables, api: api.api, http, queue, events, analytics, jobs };
    const { alarms, topic } = createAlarms(this, watched);
    createDashboard(this, watched, alarms);
    createBudget(this, stage, topic);
    const operator = createOperatorPolicy(this, tables, [
      ...catalog.publishStatements(),
      ...jobs.operatorStatements(),
      ...(site ? [site.publishStatement] : []),
    ]);
    jobs.exceptOperator(operator);

    const outputs = {
      ApiUrl: api.url,
      CatalogUri: catalog.uri,
      QueueUrl: events.queue.queueUrl,
      QueueArn: events.queue.queueArn,
      DeadLetterQueueUrl: events.deadLetters.queueUrl,
      DeadLetterQueueArn: events.deadLetters.queueArn,
      AlarmTopicArn: topic.topicArn,
      OperatorPolicyArn: operator.managedPolicyArn,
      ...(site && { SiteUrl: site.url, SiteBucket: site.bucket.bucketName }),
      ...(analytics && {
        AnalyticsMachineArn: analytics.machine.attrArn,
        AnalyticsWorkGroup: analytics.workGroup,
        AnalystPolicyArn: analytics.analysts.managedPolicyArn,
      }),
      RunsUri: jobs.uri,
      JobsStateMachine: jobs.machine.stateMachineArn,
    };
    for (const [name, value] of Object.entries(outputs)) new CfnOutput(this, name, { value });
  }
}

/** A deployment whose tokens nobody can issue answers 401 to all; `npm run deploy` stops at a warning. */
function warnOfExamples(stack: Stack, { identity, allowedOrigins }: Stage): void {
  const examples = [...Object.values(identityVariables(identity)), ...allowedOrigins].filter((value) =>
    /\bexample\.com\b/.test(value),
  );
  if (examples.length > 0)
    Annotations.of(stack).addWarningV2(
      "waymark:examples",
      `Put your own identity provider and origins in infra/stages.ts; these are examples: ${examples.join(", ")}`,
    );
}
