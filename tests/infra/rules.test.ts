import { type Stack, Validations } from "aws-cdk-lib/core";
import { AwsSolutionsChecks } from "cdk-nag";
import type { IConstruct } from "constructs";
import { describe, expect, it } from "vitest";
import { DEV, PROD, synthesize } from "../support/builders/infra.ts";

/** What is excepted, and where. A new exception is a new line here, for someone to see. */
const EXECUTIONS =
  "AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:states:<AWS::Region>:<AWS::AccountId>:execution:jobs";
const EXCEPTIONS = [
  "AwsSolutions-APIG4 HttpApi/Api",
  "AwsSolutions-IAM5[Resource::<JobsRuns.Arn>/*] Jobs/finish",
  "AwsSolutions-IAM5[Resource::<JobsRuns.Arn>/*] Jobs/plan",
  "AwsSolutions-IAM5[Resource::<JobsRuns.Arn>/*] Jobs/segment",
  "AwsSolutions-IAM5[Resource::<JobsRuns.Arn>/*] OperatorPolicy",
  `${EXECUTIONS}/*] Jobs/MachineRole`,
  `${EXECUTIONS}:*] Jobs/MachineRole`,
  `${EXECUTIONS}:*] OperatorPolicy`,
  "AwsSolutions-S1 CatalogBucket",
  "AwsSolutions-S1 Jobs/Runs",
  "AwsSolutions-SF1 Jobs/Machine",
  "AwsSolutions-SF2 Jobs/Machine",
];

type Exception = { rule: string; construct: IConstruct; reason: string };

const exceptionsIn = (stack: Stack): Exception[] =>
  stack.node.findAll().flatMap((construct) =>
    construct.node.metadata
      .filter(({ type }) => type === Validations.ACKNOWLEDGED_RULES_METADATA_KEY)
      .flatMap(({ data }) => Object.entries<string>(data))
      .map(([id, reason]) => ({ rule: id.replace(/^annotation::/i, ""), construct, reason })),
  );

const findings = (checks: AwsSolutionsChecks, stack: Stack): [rule: string, path: string][] =>
  checks
    .validateScope(stack)
    .violations.flatMap(({ ruleName, violatingResources }) =>
      violatingResources.map(({ constructPath }): [string, string] => [ruleName, String(constructPath)]),
    );

describe.each([DEV, PROD])("The AwsSolutions rules over $prefix", (stage) => {
  const { stack } = synthesize(stage);
  const exceptions = exceptionsIn(stack);

  it("find nothing that is not excepted", () => expect(findings(new AwsSolutionsChecks(), stack)).toEqual([]));

  it("except what is listed here, with a reason", () => {
    const named = (rule: string) =>
      rule.replace(`${stage.prefix}-jobs`, "jobs").replace(/<JobsRuns\w+\.Arn>/, "<JobsRuns.Arn>");
    const places = exceptions.map(
      ({ rule, construct }) => `${named(rule)} ${construct.node.path.replace(/^[^/]+\//, "")}`,
    );
    expect(places.sort()).toEqual(EXCEPTIONS);
    for (const { reason } of exceptions) expect(reason.split(" ").length).toBeGreaterThan(8);
  });

  it("would find something at each exception without it", () => {
    const checks = Object.assign(new AwsSolutionsChecks(), { isAcknowledged: () => false });
    const found = findings(checks as AwsSolutionsChecks, stack);
    for (const { rule, construct } of exceptions)
      expect(found.some(([name, path]) => name === rule && path.startsWith(construct.node.path))).toBe(true);
    expect(found).toHaveLength(exceptions.length);
  });
});
