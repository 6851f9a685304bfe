import { Effect, PolicyStatement } from "aws-cdk-lib/aws-iam";

/** A statement that allows some actions on some resources. */
export const allow = (actions: string[], ...resources: string[]): PolicyStatement =>
  new PolicyStatement({ effect: Effect.ALLOW, actions, resources });
