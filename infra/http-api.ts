import { AccessLogFormat } from "aws-cdk-lib/aws-apigateway";
import { HttpApi, HttpStage, LogGroupLogDestination, PayloadFormatVersion } from "aws-cdk-lib/aws-apigatewayv2";
import { HttpLambdaIntegration } from "aws-cdk-lib/aws-apigatewayv2-integrations";
import type { Function as LambdaFunction } from "aws-cdk-lib/aws-lambda";
import { LogGroup } from "aws-cdk-lib/aws-logs";
import { RemovalPolicy } from "aws-cdk-lib/core";
import { Construct } from "constructs";
import { except } from "./except.ts";
import type { Stage } from "./stages.ts";

/** How each request went, and nothing of who made it: no path, since paths name learners, no address, no user agent. */
const ACCESS_LOG = {
  time: "$context.requestTime",
  request_id: "$context.requestId",
  method: "$context.httpMethod",
  route: "$context.routeKey",
  status: "$context.status",
  response_bytes: "$context.responseLength",
  latency_ms: "$context.responseLatency",
  integration_status: "$context.integrationStatus",
  integration_latency_ms: "$context.integrationLatency",
  integration_error: "$context.integrationErrorMessage",
  error_type: "$context.error.responseType",
};

/** Hands every request to the function, which has its own routes, CORS and tokens. */
export class ServiceApi extends Construct {
  readonly api: HttpApi;
  readonly url: string;

  constructor(scope: Construct, id: string, stage: Stage, handler: LambdaFunction) {
    super(scope, id);
    this.api = new HttpApi(this, "Api", {
      apiName: stage.prefix,
      createDefaultStage: false,
      defaultIntegration: new HttpLambdaIntegration("Handler", handler, {
        payloadFormatVersion: PayloadFormatVersion.VERSION_2_0,
      }),
    });
    except(
      this.api,
      "APIG4",
      "The service checks tokens itself: a beacon of a closing page cannot send the header that an authorizer reads.",
    );

    const logs = new LogGroup(this, "AccessLogs", {
      // Under this path, API Gateway needs no entry of its own in the account's resource policy, which has room for few.
      logGroupName: `/aws/vendedlogs/${stage.prefix}-api`,
      retention: stage.logRetention,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const deployed = new HttpStage(this, "Stage", {
      httpApi: this.api,
      stageName: "$default",
      autoDeploy: true,
      throttle: { rateLimit: stage.throttle.rate, burstLimit: stage.throttle.burst },
      accessLogSettings: {
        destination: new LogGroupLogDestination(logs),
        format: AccessLogFormat.custom(JSON.stringify(ACCESS_LOG)),
      },
    });
    this.url = deployed.url;
  }
}
