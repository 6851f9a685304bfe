import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { STAGES } from "../../infra/stages.ts";
import { DEV, PROD, synthesize } from "../support/builders/infra.ts";

it("there are two stages, and nothing of theirs can meet", () => {
  expect(STAGES.map(({ prefix }) => prefix)).toEqual(["waymark-dev", "waymark"]);
});

it("only infra/stages.ts knows the stages", () => {
  const knowing = readdirSync("infra").filter((file) =>
    /"(waymark-dev|waymark|dev|prod)"|\bprod\b/.test(readFileSync(join("infra", file), "utf8")),
  );
  expect(knowing).toEqual(["stages.ts"]);
});

it("both have the same resources, but for the site, which production has when somebody switches it on", () => {
  expect(DEV.site).toBeDefined();
  expect(PROD.site).toBeUndefined();
  const resourcesOf = (stage: typeof DEV) =>
    Object.entries<{ Type: string }>(synthesize(stage).template.Resources).map(([id, { Type }]) => `${Type} ${id}`);
  expect(resourcesOf(DEV)).toEqual(resourcesOf({ ...PROD, site: {} }));
});

describe.each([DEV, PROD])("The stack of $prefix", (stage) => {
  const { stack, template } = synthesize(stage);

  it("is bound to no account and region, so that it is synthesized anywhere", () => {
    expect(stack.account).toContain("Token");
    expect(stack.region).toContain("Token");
    expect(stack.stackName).toBe(stage.prefix);
  });

  it("says what an operator needs to know", () =>
    expect(Object.keys(template.Outputs).sort()).toEqual([
      "AlarmTopicArn",
      "AnalystPolicyArn",
      "AnalyticsMachineArn",
      "AnalyticsWorkGroup",
      "ApiUrl",
      "CatalogUri",
      "DeadLetterQueueArn",
      "DeadLetterQueueUrl",
      "JobsStateMachine",
      "OperatorPolicyArn",
      "QueueArn",
      "QueueUrl",
      "RunsUri",
      ...(stage.site ? ["SiteBucket", "SiteUrl"] : []),
    ]));
});

describe("A stage with an example for an identity provider or origin", () => {
  const warnings = (stage: typeof DEV) =>
    synthesize(stage).stack.node.metadata.filter(({ data }) => /infra\/stages\.ts/.test(String(data)));
  const real = {
    ...DEV,
    identity: { issuer: "https://id.waymark.test/", audience: "a", jwks: "https://id.waymark.test/keys" },
    allowedOrigins: ["https://lms.waymark.test"],
  };

  it("is warned of, so that it is not deployed", () => expect(warnings(DEV)).toHaveLength(1));
  it.each([
    ["issuer", { identity: { ...real.identity, issuer: "https://identity.example.com/" } }],
    ["jwks", { identity: { ...real.identity, jwks: "https://identity.example.com/keys" } }],
    ["origin", { allowedOrigins: ["https://lms.waymark.test", "https://lms.example.com"] }],
  ])("also where only the %s is one", (_, example) => expect(warnings({ ...real, ...example })).toHaveLength(1));
  it("and is not where there is none", () => expect(warnings(real)).toEqual([]));
});
