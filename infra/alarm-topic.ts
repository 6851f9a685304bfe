import { Effect, type IPrincipal, PolicyStatement, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { Key } from "aws-cdk-lib/aws-kms";
import { Topic } from "aws-cdk-lib/aws-sns";
import { EmailSubscription } from "aws-cdk-lib/aws-sns-subscriptions";
import { RemovalPolicy, Stack } from "aws-cdk-lib/core";
import type { Construct } from "constructs";
import { BUDGETS } from "./budget.ts";
import type { Stage } from "./stages.ts";

/** Where alarms are published, encrypted. */
export function createAlarmTopic(scope: Construct, { prefix, alarms }: Stage): Topic {
  // CloudWatch cannot use the key that AWS manages for SNS, so the topic has its own.
  const key = new Key(scope, "AlarmKey", {
    description: `Alarms of ${prefix}`,
    enableKeyRotation: true,
    // Nothing is kept under it.
    removalPolicy: RemovalPolicy.DESTROY,
  });
  for (const sender of SENDERS)
    key.addToResourcePolicy(senderMay(scope, sender, ["kms:Decrypt", "kms:GenerateDataKey*"], "*"));

  const topic = new Topic(scope, "AlarmTopic", { topicName: `${prefix}-alarms`, masterKey: key, enforceSSL: true });
  // A topic with a policy of its own has lost the one that lets the account's alarms publish.
  for (const sender of SENDERS) topic.addToResourcePolicy(senderMay(scope, sender, ["sns:Publish"], topic.topicArn));
  if (alarms.email !== undefined) topic.addSubscription(new EmailSubscription(alarms.email));
  return topic;
}

const SENDERS = [new ServicePrincipal("cloudwatch.amazonaws.com"), BUDGETS];

/** For the alarms and budgets of this account alone. */
const senderMay = (scope: Construct, sender: IPrincipal, actions: string[], resource: string) =>
  new PolicyStatement({
    effect: Effect.ALLOW,
    principals: [sender],
    actions,
    resources: [resource],
    conditions: { StringEquals: { "aws:SourceAccount": Stack.of(scope).account } },
  });
