import { CfnBudget } from "aws-cdk-lib/aws-budgets";
import { ServicePrincipal } from "aws-cdk-lib/aws-iam";
import type { Topic } from "aws-cdk-lib/aws-sns";
import type { Construct } from "constructs";
import type { Stage } from "./stages.ts";

/** Who tells of spend, to the same topic as alarms. */
export const BUDGETS = new ServicePrincipal("budgets.amazonaws.com");

/** Of the month's sum: what is spent, and what AWS expects until the month is over. */
const TOLD_AT = [
  { notificationType: "ACTUAL", threshold: 80 },
  { notificationType: "FORECASTED", threshold: 100 },
];

/**
 * Tells the topic when a month costs more than the stage expects. Costs are found by the tag `service`, which every
 * resource has, once the tag is activated for billing; AWS reckons them some hours late.
 */
export function createBudget(scope: Construct, { prefix, alarms }: Stage, topic: Topic): CfnBudget | undefined {
  if (alarms.monthlyUsd === undefined) return undefined;
  return new CfnBudget(scope, "Budget", {
    budget: {
      budgetName: prefix,
      budgetType: "COST",
      timeUnit: "MONTHLY",
      budgetLimit: { amount: alarms.monthlyUsd, unit: "USD" },
      costFilters: { TagKeyValue: [`user:service$${prefix}`] },
    },
    notificationsWithSubscribers: TOLD_AT.map((notification) => ({
      notification: { ...notification, comparisonOperator: "GREATER_THAN", thresholdType: "PERCENTAGE" },
      subscribers: [{ subscriptionType: "SNS", address: topic.topicArn }],
    })),
  });
}
