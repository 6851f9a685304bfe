import { App, Validations } from "aws-cdk-lib/core";
import { STRICT_CFN_VALIDATE_ERRORS } from "aws-cdk-lib/cx-api";
import { AwsSolutionsChecks } from "cdk-nag";
import { WaymarkStack } from "./stack.ts";
import type { Stage } from "./stages.ts";

export type AppOptions = {
  stages: readonly Stage[];
  /** The folder with the functions' code. */
  code: string;
  /** Where the templates go; the CDK's own choice without it. */
  outdir?: string;
};

/**
 * One stack per stage. Synthesis fails where a template does not fit CloudFormation's schemas, and on any finding of the
 * AwsSolutions rules that is not excepted, with its reason.
 */
export function createApp({ stages, code, outdir }: AppOptions): App {
  const app = new App({
    analyticsReporting: false,
    // Here and not in cdk.json, which the tests do not read: what they synthesize is what is deployed.
    context: { [STRICT_CFN_VALIDATE_ERRORS]: true },
    ...(outdir !== undefined && { outdir }),
  });
  Validations.of(app).addPlugins(new AwsSolutionsChecks());
  for (const stage of stages) new WaymarkStack(app, stage, code);
  return app;
}
