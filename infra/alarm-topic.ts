import { Effect, PolicyStatement, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { Key } from "aws-cdk-lib/aws-kms";
import { Topic } from "aws-cdk-lib/aws-sns";
import { EmailSubscription } from "aws-cdk-lib/aws-sns-subscriptions";
import { RemovalPolicy, Stack } from "aws-cdk-lib/core";
import type { Construct } from "constructs";
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
  key.addToResourcePolicy(cloudWatchMay(scope, ["kms:Decrypt", "kms:GenerateDataKey*"], "*"));

  const topic = new Topic(scope, "AlarmTopic", { topicName: `${prefix}-alarms`, masterKey: key, enforceSSL: true });
  // A topic with a policy of its own has lost the one that lets the account's alarms publish.
  topic.addToResourcePolicy(cloudWatchMay(scope, ["sns:Publish"], topic.topicArn));
  if (alarms.email !== undefined) topic.addSubscription(new EmailSubscription(alarms.email));
  return topic;
}

/** For the alarms of this account alone. */
const cloudWatchMay = (scope: Construct, actions: string[], resource: string) =>
  new PolicyStatement({
    effect: Effect.ALLOW,
    principals: [new ServicePrincipal("cloudwatch.amazonaws.com")],
    actions,
    resources: [resource],
    conditions: { StringEquals: { "aws:SourceAccount": Stack.of(scope).account } },
  });
