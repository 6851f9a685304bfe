import { Validations } from "aws-cdk-lib/core";
import type { IConstruct } from "constructs";

/** Excepts one resource from one AwsSolutions rule. An exception stands beside what it excepts, and only with a reason. */
export function except(construct: IConstruct, rule: string, reason: string): void {
  Validations.of(construct).acknowledge({ id: `AwsSolutions-${rule}`, reason });
}
