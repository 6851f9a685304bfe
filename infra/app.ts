import { App, Validations } from "aws-cdk-lib/core";
import { STRICT_CFN_VALIDATE_ERRORS } from "aws-cdk-lib/cx-api";
import { AwsSolutionsChecks } from "cdk-nag";
import { type Folders, WaymarkStack } from "./stack.ts";
import type { Stage } from "./stages.ts";

export type AppOptions = Folders & {
  stages: readonly Stage[];
  /** Where the templates go; the CDK's own choice without it. */
  outdir?: string;
};

/**
 * One stack per stage. Synthesis fails where a template does not fit CloudFormation's schemas, and on any finding of the
 * AwsSolutions rules that is not excepted, with its reason.
 */
export function createApp({ stages, outdir, ...folders }: AppOptions): App {
  const app = new App({
    analyticsReporting: false,
    // Here and not in cdk.json, which the tests do not read: what they synthesize is what is deployed.
    context: { [STRICT_CFN_VALIDATE_ERRORS]: true },
    ...(outdir !== undefined && { outdir }),
  });
  Validations.of(app).addPlugins(new AwsSolutionsChecks());
  for (const stage of stages) new WaymarkStack(app, stage, folders);
  return app;
}
