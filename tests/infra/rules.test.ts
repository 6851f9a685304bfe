import { type Stack, Validations } from "aws-cdk-lib/core";
import { AwsSolutionsChecks } from "cdk-nag";
import type { IConstruct } from "constructs";
import { describe, expect, it } from "vitest";
import { DEV, PROD, synthesize } from "../support/builders/infra.ts";

/** What is excepted, and where. A new exception is a new line here, for someone to see. */
const EXCEPTIONS = [
  "APIG4 HttpApi/Api",
  "CB4 ExportProject",
  "IAM5 results/* AnalystPolicy",
  "IAM5 results/* AnalyticsRole",
  "IAM5 runs/* AnalystPolicy",
  "IAM5 runs/* AnalyticsRole",
  "IAM5 runs/* ExportRole",
  "IAM5 table/waymark_analytics/* AnalystPolicy",
  "IAM5 table/waymark_analytics/* AnalyticsRole",
  "IAM5 executions/* Jobs/MachineRole",
  "IAM5 executions:* Jobs/MachineRole",
  "IAM5 executions:* OperatorPolicy",
  "IAM5 files Jobs/finish",
  "IAM5 files Jobs/plan",
  "IAM5 files Jobs/segment",
  "IAM5 files OperatorPolicy",
  "S1 AnalyticsBucket",
  "S1 CatalogBucket",
  "S1 Jobs/Runs",
  "SF1 AnalyticsMachine",
  "SF1 Jobs/Machine",
  "SF2 AnalyticsMachine",
  "SF2 Jobs/Machine",
  "SMG4 AnalyticsKey",
];
/** And of a site. */
const SITE_EXCEPTIONS = ["CFR1 Site", "CFR2 Site", "CFR3 Site", "CFR4 Site", "S1 PublicFiles"];

/** A rule as the lists above have it: which database it is, both stages say in their own name. */
const shortly = (rule: string): string =>
  rule
    .replace("AwsSolutions-", "")
    .replace(/\[Resource::<JobsRuns\w+\.Arn>\/\*\]/, " files")
    .replace(/\[Resource::.*:execution:.*-jobs(.)\*\]/, " executions$1*")
    .replace(/\[Resource::.*?((?:table\/)?\w+\/\*)\]/, " $1")
    .replace("waymark_dev_", "waymark_");

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
    const places = exceptions.map(
      ({ rule, construct }) => `${shortly(rule)} ${construct.node.path.replace(/^[^/]+\//, "")}`,
    );
    expect(places.sort()).toEqual([...EXCEPTIONS, ...(stage.site ? SITE_EXCEPTIONS : [])].sort());
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
