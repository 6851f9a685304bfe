import type { Bucket } from "aws-cdk-lib/aws-s3";
import { type CfnElement, Stack, Validations } from "aws-cdk-lib/core";
import type { IConstruct } from "constructs";

/** Excepts one resource from one AwsSolutions rule. An exception stands beside what it excepts, and only with a reason. */
export function except(construct: IConstruct, rule: string, reason: string): void {
  Validations.of(construct).acknowledge({ id: `AwsSolutions-${rule}`, reason });
}

/** Excepts a policy on objects of a bucket whose names are not known. @param names with a star in it */
export function exceptObjects(construct: IConstruct, bucket: Bucket, names: string, reason: string): void {
  const id = Stack.of(bucket).getLogicalId(bucket.node.defaultChild as CfnElement);
  except(construct, `IAM5[Resource::<${id}.Arn>/${names}]`, reason);
}
