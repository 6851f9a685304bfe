import { describe, expect, it } from "vitest";
import { DEV, PROD, render, synthesize } from "../support/builders/infra.ts";

describe.each([DEV, PROD])("The API of $prefix", (stage) => {
  const { one, all } = synthesize(stage);
  const api = one("AWS::ApiGatewayV2::Api");
  const http = one("AWS::Lambda::Function", "FunctionName", `${stage.prefix}-http`);

  it("hands every request to the HTTP function, in payload 2.0", () => {
    const integration = one("AWS::ApiGatewayV2::Integration");
    expect(integration.Properties).toMatchObject({
      IntegrationType: "AWS_PROXY",
      IntegrationUri: { "Fn::GetAtt": [http.id, "Arn"] },
      PayloadFormatVersion: "2.0",
    });
    expect(api.Properties.ProtocolType).toBe("HTTP");
    const route = one("AWS::ApiGatewayV2::Route");
    expect(route.Properties.RouteKey).toBe("$default");
    expect(render(route.Properties.Target)).toBe(`integrations/<${integration.id}>`);
  });

  it("leaves CORS and tokens to the function", () => {
    expect(api.Properties).not.toHaveProperty("CorsConfiguration");
    expect(all("AWS::ApiGatewayV2::Authorizer")).toEqual([]);
    expect(one("AWS::ApiGatewayV2::Route").Properties.AuthorizationType).toBe("NONE");
  });

  it("has one stage, which turns away what is too much", () => {
    expect(one("AWS::ApiGatewayV2::Stage").Properties).toMatchObject({
      StageName: "$default",
      AutoDeploy: true,
      DefaultRouteSettings: {
        ThrottlingRateLimit: stage.throttle.rate,
        ThrottlingBurstLimit: stage.throttle.burst,
      },
    });
  });

  it("logs how requests went, in JSON, and not who made them", () => {
    const { DestinationArn, Format } = one("AWS::ApiGatewayV2::Stage").Properties.AccessLogSettings;
    const logs = one("AWS::Logs::LogGroup", "LogGroupName", `/aws/vendedlogs/${stage.prefix}-api`);
    expect(render(DestinationArn)).toBe(`<${logs.id}.Arn>`);
    expect(logs.Properties.RetentionInDays).toBe(stage.logRetention);

    const logged: string[] = Object.values(JSON.parse(Format));
    const needed = ["requestId", "routeKey", "status", "responseLatency", "integrationErrorMessage"];
    expect(logged).toEqual(expect.arrayContaining(needed.map((variable) => `$context.${variable}`)));
    // Each of them was looked at: what is added has to be, too.
    const harmless =
      /^\$context\.(requestTime|requestId|httpMethod|routeKey|status|responseLength|responseLatency|integration(Status|Latency|ErrorMessage)|error\.responseType)$/;
    expect(logged.filter((variable) => !harmless.test(variable))).toEqual([]);
  });
});
